"""Other names in a program change the names in what is said of it, and nothing else."""

from __future__ import annotations

import re

import pytest

from tests.session.diagnosis.conftest import Outcomes
from tests.session.diagnosis.programs import Batch, Outcome, families
from tests.session.diagnosis.renaming import renamed, told_with
from tests.sessions import WarmServer

_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e[+-]?\d+)?|\binf\b|\bNaN\b")


def said(outcome: Outcome) -> list[tuple[str, str | None, int | None, str]]:
    """Code, cause, line and message of all that was found. Numbers are of the run, not of the program."""
    return [(problem.code, problem.cause, problem.line, _NUMBER.sub("#", problem.message)) for problem in outcome.found]


@pytest.mark.parametrize("family", families("faulty"))
def test_names_change_in_the_message_alone(warm_server: WarmServer, outcomes: Outcomes, family: str) -> None:
    wrong: list[str] = []
    with warm_server.session() as session:
        batch = Batch(session)
        for outcome in outcomes("faulty", family):
            other, new = renamed(outcome.program)
            if not new:
                continue
            expected = [
                (code, cause, line, _NUMBER.sub("#", told_with(message, new)))
                for code, cause, line, message in said(outcome)
            ]
            after = said(batch.run(other))
            if after != expected:
                wrong.append(f"{outcome.program.name}:\n  {expected}\n  {after}\n")
    assert not wrong, "\n".join(wrong)
