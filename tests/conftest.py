"""Fixtures for every test: one fork server for the whole run, and sessions from it."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.grading import GradingLab, grading_lab
from tests.sessions import LiveSession, WarmServer

# A shell that starts the suite in the background, and nohup, have these ignored, and so would every program that a test
# starts and then signals.
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGHUP, signal.SIG_DFL)

# On a busy machine any example may take long.
settings.register_profile("tflab", deadline=None)
settings.load_profile("tflab")

AGAINST_THE_CLOCK = ("cli", "client", "end_to_end", "faults", "session")
"""Folders whose tests drive real terminals, processes and signals."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What fails among real processes is tried once more, and told in the summary as RERUN.

    A machine that others use can keep a process waiting for longer than any limit that a test can reasonably set.
    """
    for item in items:
        if item.path.relative_to(Path(__file__).parent).parts[0] in AGAINST_THE_CLOCK:
            item.add_marker(pytest.mark.flaky(reruns=1))


@pytest.fixture(scope="session")
def warm_server() -> Iterator[WarmServer]:
    """TensorFlow, loaded once for all tests that ask for it."""
    server = WarmServer()
    server.start()
    yield server
    server.client.close()


@pytest.fixture
def session(warm_server: WarmServer) -> Iterator[LiveSession]:
    """A fresh session."""
    with warm_server.session() as live:
        yield live


@pytest.fixture(scope="module")
def shared_session(warm_server: WarmServer) -> Iterator[LiveSession]:
    """One session for the tests of a module that leave nothing behind that others would trip over."""
    with warm_server.session() as live:
        yield live


@pytest.fixture(scope="module")
def lab(warm_server: WarmServer) -> Iterator[GradingLab]:
    """Grades exercises beside a live session."""
    with grading_lab(warm_server) as grading:
        yield grading
