"""Every rule on real programs: what is found in the faulty ones, and nothing in the healthy ones."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import tflab
from tests.session.diagnosis.conftest import Outcomes
from tests.session.diagnosis.programs import families, programs
from tflab.messages.en.diagnosis import MESSAGES


@pytest.mark.parametrize("family", families("faulty"))
def test_faults_are_named_with_their_line(outcomes: Outcomes, family: str) -> None:
    found = outcomes("faulty", family)
    assert all(outcome.program.expected for outcome in found)
    faults = [fault for outcome in found for fault in outcome.faults()]
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("family", families("healthy"))
def test_healthy_programs_get_nothing(outcomes: Outcomes, family: str) -> None:
    found = outcomes("healthy", family)
    assert not any(outcome.program.expected for outcome in found)
    faults = [fault for outcome in found for fault in outcome.faults()]
    assert not faults, "\n".join(faults)


CAUSES = (
    "not-watched",
    "integer",
    "non-differentiable",
    "left-tensorflow",
    "outside-tape",
    "variable-replaced",
    "unused",
    "stop-gradient",
    "untrainable",
)
ELSEWHERE = {"network-denied", "file-denied"}
"""What only a sandbox can show: `test_denied` has its programs."""


def codes_by_family() -> dict[str, list[set[str]]]:
    """Family to the codes, with and without their cause, of each of its faulty programs."""
    return {
        family: [
            {name for each in program.expected for name in (each.code, f"{each.code}/{each.cause}")}
            for program in programs("faulty", family)
        ]
        for family in families("faulty")
    }


def told_in_the_table() -> set[str]:
    """The codes in the README's table."""
    readme = (Path(tflab.__file__).parent / "session" / "diagnosis" / "README.md").read_text()
    rows = [line.split("|")[1] for line in readme.splitlines() if line.startswith("| `")]
    return {code for row in rows for code in re.findall(r"`([a-z0-9-]+)`", row)}


def said_in_messages() -> set[str]:
    """The codes that have sentences."""
    keys = [key.split(".")[1] for key in MESSAGES if key.startswith("diagnosis.") and key.endswith(".fix")]
    return set(keys) - {"recorded"}


def test_the_table_tells_of_every_code_and_of_no_other() -> None:
    assert told_in_the_table() == said_in_messages()


def test_every_code_has_two_programs_that_show_it_and_two_near_misses() -> None:
    faulty = codes_by_family()
    for code in sorted(said_in_messages() - ELSEWHERE):
        of_code = {family: sum(code in codes for codes in found) for family, found in faulty.items()}
        assert sum(of_code.values()) >= 2, code
        family = max(of_code, key=lambda each: of_code[each])
        assert len(programs("healthy", family)) >= 2, (code, family)
    for cause in CAUSES:
        assert sum(f"gradient-none/{cause}" in codes for codes in faulty["gradient_none"]) >= 2, cause


def test_every_faulty_program_belongs_to_a_family_with_healthy_ones() -> None:
    assert set(families("faulty")) == set(families("healthy"))
