"""Events that would not travel as they are."""

from __future__ import annotations

import math

from tflab.protocol.codec import MAXIMUM_FRAME, encode
from tflab.protocol.events import CellError, CellFinished, MetricsLogged, ResultShown, StreamWritten
from tflab.session.encodable import encodable_event, encodable_text, shortened_event


def test_text_that_utf8_can_say_is_untouched() -> None:
    text = "\u00fcber \U0001f600\r\x1b[0m"
    assert encodable_text(text) is text


def test_lone_surrogates_become_escapes() -> None:
    assert encodable_text("a\ud800b") == "a\\ud800b"
    event = encodable_event(StreamWritten(cell=1, time=2.0, name="stderr", text="\udcff"))
    assert event == StreamWritten(cell=1, time=2.0, name="stderr", text="\\udcff")


def test_surrogates_deep_inside_an_event_become_escapes() -> None:
    error = CellError(name="E", message="\ud800", line=None, traceback="\ud800")
    event = encodable_event(CellFinished(cell=0, status="error", seconds=1.0, error=error))

    assert isinstance(event, CellFinished)
    assert event.error is not None
    assert event.error.message == "\\ud800"
    encode(event)


class Label(str):
    """Text that MessagePack does not know."""


def test_subclasses_of_text_and_numbers_become_plain() -> None:
    class Count(int):
        pass

    class Part(float):
        pass

    event = encodable_event(
        MetricsLogged(
            name=Label("loss"), steps=(Count(3),), values=(Part(0.5), math.nan), source="log", scope="step", missed=0
        )
    )

    assert isinstance(event, MetricsLogged)
    assert (type(event.name), type(event.steps[0]), type(event.values[0])) == (str, int, float)
    assert math.isnan(event.values[1])
    encode(event)


def test_an_event_longer_than_a_frame_is_cut_and_says_so() -> None:
    event = shortened_event(ResultShown(mime={"text/plain": "x" * (MAXIMUM_FRAME + 10), "text/html": "short"}))

    assert isinstance(event, ResultShown)
    assert len(encode(event)) < MAXIMUM_FRAME
    assert event.mime["text/html"] == "short"
    assert event.mime["text/plain"].endswith("]")
