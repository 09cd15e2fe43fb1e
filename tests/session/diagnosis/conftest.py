"""The outcomes of a family of programs, run once for all tests that ask for them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.session.diagnosis.programs import Batch, Outcome, programs
from tests.sessions import WarmServer

Outcomes = Callable[[str, str], list[Outcome]]


@pytest.fixture(scope="session")
def outcomes(warm_server: WarmServer) -> Outcomes:
    """Folder and family to what came of each of its programs."""
    known: dict[tuple[str, str], list[Outcome]] = {}

    def outcomes_of(folder: str, family: str) -> list[Outcome]:
        if (folder, family) not in known:
            with warm_server.session() as session:
                known[folder, family] = list(Batch(session).outcomes(programs(folder, family)))
        return known[folder, family]

    return outcomes_of
