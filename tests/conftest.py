"""Fixtures for every test: one fork server for the whole run, and sessions from it."""

from __future__ import annotations

import signal
from collections.abc import Iterator

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
