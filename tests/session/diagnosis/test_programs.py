"""Every rule on real programs: what is found in the faulty ones, and nothing in the healthy ones."""

from __future__ import annotations

import pytest

from tests.session.diagnosis.programs import Batch, families, programs
from tests.sessions import WarmServer


@pytest.mark.parametrize("family", families("faulty"))
def test_faults_are_named_with_their_line(warm_server: WarmServer, family: str) -> None:
    with warm_server.session() as session:
        outcomes = list(Batch(session).outcomes(programs("faulty", family)))
    assert all(outcome.program.expected for outcome in outcomes)
    faults = [fault for outcome in outcomes for fault in outcome.faults()]
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("family", families("healthy"))
def test_healthy_programs_get_nothing(warm_server: WarmServer, family: str) -> None:
    with warm_server.session() as session:
        outcomes = list(Batch(session).outcomes(programs("healthy", family)))
    assert not any(outcome.program.expected for outcome in outcomes)
    faults = [fault for outcome in outcomes for fault in outcome.faults()]
    assert not faults, "\n".join(faults)
