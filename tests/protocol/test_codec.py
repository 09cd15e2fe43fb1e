"""Frames, packets and JSON lines: what goes in comes out, and nothing that arrives can do more than be refused."""

from __future__ import annotations

import itertools
import json
import math
import struct
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tflab.protocol import codec
from tflab.protocol.event_catalogue import SessionEvent
from tflab.protocol.events import (
    CellFinished,
    Event,
    MetricsLogged,
    ResultShown,
    Site,
    StreamWritten,
    TensorRecord,
    TensorsRecorded,
)
from tflab.protocol.gradient_events import GradientRecord, GradientsRecorded
from tflab.protocol.requests import AnswerInputRequest, RunCellRequest
from tflab.protocol.server import ForkRequest, Permissions, ServerReady, SessionSpec

FAST = settings(max_examples=300, deadline=None)
junk = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats()
    | st.text(max_size=20)
    | st.binary(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
tags = st.sampled_from([kind.__struct_config__.tag for kind in SessionEvent.__args__])


def refused_or_event(body: bytes) -> None:
    """The decoder's whole promise: an event or `ProtocolError`."""
    try:
        event = codec.decode_event(body)
    except codec.ProtocolError:
        return
    assert isinstance(event, Event)


# --- round trips ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "event",
    [
        StreamWritten(cell=3, name="stdout", text="a\rb\x1b[31m\u20ac"),
        ResultShown(mime={"text/plain": "1"}, display_id="x", update=True),
        MetricsLogged(name="loss", steps=(1, 2), values=(math.inf, math.nan), source="tape", scope="step"),
        CellFinished(cell=0, status="ok", seconds=0.5),
    ],
)
def test_events_survive_the_channel(event: Event) -> None:
    again = codec.decode_event(codec.encode(event))

    # NaN is unequal to itself.
    assert repr(again) == repr(event)


def test_requests_survive_the_channel() -> None:
    for request in (RunCellRequest(cell=1, source="x", filename="a.py", first_line=7), AnswerInputRequest(text="")):
        assert codec.decode_request(codec.encode(request)) == request


def test_packets_of_the_fork_server_survive() -> None:
    spec = SessionSpec(permissions=Permissions(scratch="/tmp/s", read=("/a",)), logical_devices=(("cpu", 2),))
    assert codec.decode_server_request(codec.encode(ForkRequest(fork_id=1, spec=spec))) == ForkRequest(
        fork_id=1, spec=spec
    )
    ready = ServerReady(tensorflow="2", keras="3", python="3.11", seconds=1.0)
    assert codec.decode_server_event(codec.encode(ready)) == ready


# --- frames --------------------------------------------------------------------------------------------------------


@FAST
@given(st.lists(st.binary(max_size=40), max_size=6), st.lists(st.integers(0, 300), max_size=8))
def test_frames_come_out_whole_however_the_stream_is_cut(bodies: list[bytes], cuts: list[int]) -> None:
    stream = b"".join(struct.pack("<I", len(body)) + body for body in bodies)
    places = sorted({min(cut, len(stream)) for cut in cuts} | {0, len(stream)})
    reader = codec.FrameReader()

    found = [body for start, end in itertools.pairwise(places) for body in reader.feed(stream[start:end])]

    assert found == bodies


@pytest.mark.parametrize("length", [codec.MAXIMUM_FRAME + 1, 2**31, 2**32 - 1])
def test_a_length_beyond_the_cap_is_refused_before_any_memory_is_taken(length: int) -> None:
    reader = codec.FrameReader()

    with pytest.raises(codec.ProtocolError):
        list(reader.feed(struct.pack("<I", length)))


def test_frames_before_a_bad_one_are_delivered() -> None:
    reader = codec.FrameReader()
    feed = reader.feed(struct.pack("<I", 2) + b"ab" + struct.pack("<I", 2**31))

    assert next(feed) == b"ab"
    with pytest.raises(codec.ProtocolError):
        next(feed)


@FAST
@given(st.binary(max_size=200))
def test_random_bytes_never_raise_anything_but_a_protocol_error(data: bytes) -> None:
    reader = codec.FrameReader(maximum=1 << 16)
    try:
        for body in reader.feed(data):
            refused_or_event(body)
    except codec.ProtocolError:
        pass


# --- hostile bodies ------------------------------------------------------------------------------------------------


@FAST
@given(junk)
def test_any_message_is_an_event_or_refused(value: Any) -> None:
    refused_or_event(msgspec.msgpack.encode(value))


@FAST
@given(tags, st.dictionaries(st.sampled_from(["cell", "time", "name", "text", "mime", "tensors", "status"]), junk))
def test_known_tags_with_wrong_fields_are_refused(tag: str, fields: dict[str, Any]) -> None:
    refused_or_event(msgspec.msgpack.encode({"event": tag, **fields}))


@FAST
@given(st.binary(min_size=1, max_size=60), st.integers(0, 59))
def test_truncated_and_altered_events_are_refused_or_events(noise: bytes, place: int) -> None:
    body = codec.encode(
        TensorsRecorded(cell=0, tensors=(TensorRecord(name="x", kind="tensor", shape=(1, None), nan=0),))
    )
    place %= len(body)
    refused_or_event(body[:place])
    refused_or_event(body[:place] + noise + body[place:])


@pytest.mark.parametrize("opening", [b"\x91", b"\x81\xa5event", b"\x82\xa5event\xaeresult_shown\xa4mime\x81\xa1a"])
def test_deep_nesting_is_refused(opening: bytes) -> None:
    refused_or_event(opening * 200_000)


def test_announced_but_missing_content_is_refused() -> None:
    # An array of 2^32 - 1 items, a text of 4 GiB: nothing of it follows.
    for body in (b"\xdd\xff\xff\xff\xff", b"\xdb\xff\xff\xff\xff", b"\xdf\xff\xff\xff\xff"):
        with pytest.raises(codec.ProtocolError):
            codec.decode_event(body)


def test_an_event_that_only_the_lab_makes_is_refused() -> None:
    with pytest.raises(codec.ProtocolError):
        codec.decode_event(msgspec.msgpack.encode({"event": "session_ended", "reason": "memory", "message": ""}))


# --- JSON lines ----------------------------------------------------------------------------------------------------


def test_a_json_line_begins_with_event_cell_and_time() -> None:
    line = codec.to_json_line(StreamWritten(cell=2, time=1.5, name="stderr", text="x\n"))

    assert line.endswith(b"\n")
    assert line.count(b"\n") == 1
    assert list(json.loads(line)) == ["event", "cell", "time", "name", "text"]


@pytest.mark.parametrize(("value", "written"), [(math.nan, "nan"), (math.inf, "inf"), (-math.inf, "-inf"), (0.5, 0.5)])
def test_numbers_that_are_not_finite_are_the_strings_of_the_contract(value: float, written: object) -> None:
    metrics = MetricsLogged(name="loss", steps=(0,), values=(value,), source="tape", scope="step")
    assert json.loads(codec.to_json_line(metrics))["values"] == [written]

    tensors = TensorsRecorded(tensors=(TensorRecord(name="w", kind="tensor", min=value),))
    assert json.loads(codec.to_json_line(tensors))["tensors"][0]["min"] == written

    gradient = GradientRecord(name="w", shape=(2,), norm=value, kind="dense")
    recorded = GradientsRecorded(site=Site(file="f", line=1), step=0, loss=value, gradients=(gradient,))
    told = json.loads(codec.to_json_line(recorded))
    assert told["loss"] == written
    assert told["gradients"][0]["norm"] == written


@FAST
@given(st.floats(), st.text())
def test_every_json_line_is_one_line_of_strict_json(value: float, text: str) -> None:
    def refuse(constant: str) -> None:
        raise AssertionError(constant)

    try:
        text.encode()
    except UnicodeEncodeError:
        text = ""
    for event in (
        StreamWritten(name="stdout", text=text),
        MetricsLogged(name=text, steps=(1,), values=(value,), source="log", scope="epoch"),
    ):
        line = codec.to_json_line(event)
        assert line.count(b"\n") == 1
        json.loads(line, parse_constant=refuse)
