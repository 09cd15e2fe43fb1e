"""Input in a session."""

from __future__ import annotations

import pytest

from tests.sessions import LiveSession
from tflab.protocol.events import InputRequested
from tflab.protocol.requests import AnswerInputRequest


def asked(session: LiveSession) -> InputRequested:
    """What the running cell asks."""
    *_, event = session.wait_for(lambda event: isinstance(event, InputRequested))
    assert isinstance(event, InputRequested)
    return event


def test_input_is_asked_and_answered(session: LiveSession) -> None:
    session.start("print('hello'); name = input('name? ')\nname.upper()", cell=5)

    request = asked(session)
    assert (request.cell, request.prompt, request.secret) == (5, "name? ", False)
    session.client.send(AnswerInputRequest(text="ada"))

    assert session.finish().results == ["'ADA'"]


def test_a_password_is_secret(session: LiveSession) -> None:
    session.start("import getpass\ngetpass.getpass('key: ')")

    assert asked(session).secret
    session.client.send(AnswerInputRequest(text="s3cret"))

    assert session.finish().results == ["'s3cret'"]


def test_lines_of_stdin_are_asked_until_they_end(session: LiveSession) -> None:
    session.start("import sys\n[line.strip() for line in sys.stdin]")
    for answer in ("one", "two"):
        asked(session)
        session.client.send(AnswerInputRequest(text=answer))
    asked(session)
    session.client.send(AnswerInputRequest(text="", end=True))

    assert session.finish().results == ["['one', 'two']"]


@pytest.mark.parametrize("call", ["input()", "__import__('getpass').getpass()"])
def test_the_end_of_input_is_an_error_as_in_python(session: LiveSession, call: str) -> None:
    session.start(call)
    asked(session)
    session.client.send(AnswerInputRequest(text="", end=True))

    error = session.finish().finished.error
    assert error is not None
    assert error.name == "EOFError"


def test_an_answer_that_nobody_asked_for_is_dropped(session: LiveSession) -> None:
    session.client.send(AnswerInputRequest(text="stale"))
    session.start("input()")
    asked(session)
    session.client.send(AnswerInputRequest(text="fresh"))

    assert session.finish().results == ["'fresh'"]
