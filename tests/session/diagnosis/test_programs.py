"""Every rule on real programs: what is found in the faulty ones, and nothing in the healthy ones."""

from __future__ import annotations

import pytest

from tests.session.diagnosis.conftest import Outcomes
from tests.session.diagnosis.programs import families


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
