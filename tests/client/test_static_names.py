"""The real process that reads code, asked and ended."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator

import pytest

from tflab.client import static_names
from tflab.client.static_names import StaticNamesProcess
from tflab.protocol.editing_help import NameDescribed
from tflab.protocol.events import CompletionsOffered, Event
from tflab.protocol.requests import CompleteRequest, DescribeRequest

SOURCE = '''
def scale(values, rate=0.1):
    """Makes them larger."""
    return values


class Net:
    width = 3


'''


@pytest.fixture(scope="module")
def process() -> Iterator[StaticNamesProcess]:
    """One for all tests that leave it alive."""
    process = StaticNamesProcess()
    yield process
    process.close()


def answer(process: StaticNamesProcess, fits: Callable[[Event], bool]) -> Event:
    """Waits for an answer."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        for event in process.drain():
            if fits(event):
                return event
        time.sleep(0.01)
    raise AssertionError("no answer")


def names(process: StaticNamesProcess, source: str, number: int) -> dict[str, str]:
    """What could stand at the end of ``source``, and what each is."""
    process.complete(CompleteRequest(request_id=number, source=source, position=len(source)))
    event = answer(process, lambda event: isinstance(event, CompletionsOffered) and event.request_id == number)
    assert isinstance(event, CompletionsOffered)
    return {each.name: each.detail for each in event.completions}


def test_names_of_code_that_has_not_run(process: StaticNamesProcess) -> None:
    assert "scale" in names(process, SOURCE + "sc", 1)
    assert "rate=" in names(process, SOURCE + "scale(ra", 2)
    assert "width" in names(process, SOURCE + "Net().", 3)
    assert names(process, SOURCE + "# sc", 4) == {}
    assert names(process, SOURCE + "'sc", 5) == {}


def test_after_code_that_cannot_be_read_the_process_goes_on(process: StaticNamesProcess) -> None:
    names(process, "\x00)(]" * 50, 10)
    assert "scale" in names(process, SOURCE + "sc", 11)


def test_parameters_and_documentation(process: StaticNamesProcess) -> None:
    source = SOURCE + "scale(1, "
    process.describe(DescribeRequest(request_id=20, source=source, position=len(source), what="call"))
    event = answer(process, lambda event: isinstance(event, NameDescribed))
    assert isinstance(event, NameDescribed)
    assert (event.name, event.parameters, event.active) == ("scale", ("values", "rate=0.1"), 1)
    assert event.documentation == "Makes them larger."
    process.describe(DescribeRequest(request_id=21, source=SOURCE + "scale", position=len(SOURCE) + 5))
    event = answer(process, lambda event: isinstance(event, NameDescribed))
    assert isinstance(event, NameDescribed)
    assert event.parameters == ("values", "rate=0.1")


def test_a_process_that_died_is_started_again() -> None:
    process = StaticNamesProcess()
    try:
        assert "scale" in names(process, SOURCE + "sc", 1)
        assert process._process is not None
        process._process.kill()
        process._process.wait()
        assert "scale" in names(process, SOURCE + "sc", 2)
    finally:
        process.close()


def test_one_that_never_answers_is_ended_and_not_tried_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(static_names, "PATIENCE", -1.0)
    monkeypatch.setattr(sys, "executable", "/bin/cat")
    process = StaticNamesProcess()
    try:
        for number in range(static_names._MOST_FAILURES):
            process.complete(CompleteRequest(request_id=number, source="", position=0))
            assert process.drain() == []
        process.complete(CompleteRequest(request_id=9, source="", position=0))
        assert process._process is None
    finally:
        process.close()
