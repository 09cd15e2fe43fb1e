"""What a session sends is passed on in order, all of one read together; the session's ends are in the test's hands."""

from __future__ import annotations

import os
import socket
from collections.abc import Sequence
from queue import SimpleQueue

import pytest

from tests.sessions import PATIENCE
from tflab.client import session_client
from tflab.client.session_client import SessionClient
from tflab.protocol import codec
from tflab.protocol.events import CellFinished, CellStarted, Event, HeartbeatAnswered, SessionReady, StreamWritten
from tflab.protocol.requests import PingRequest
from tflab.protocol.server import Permissions, SessionSpec

READY = SessionReady(tensorflow="2.21.0", keras="3.15.1", python="3.11.7", isolation="full", time=1.0)


class Reader:
    """A client of a session that is never forked, and all that it passes on."""

    def __init__(self) -> None:
        self.reads: list[Sequence[tuple[Event, int]]] = []
        self.arrived: SimpleQueue[Event] = SimpleQueue()
        spec = SessionSpec(permissions=Permissions(scratch="/nowhere"))
        self.client = SessionClient(spec, self._on_events, lambda _: None)
        channel, stdout, stderr = self.client.descriptors
        self.channel, self.raw = socket.socket(fileno=os.dup(channel)), (os.dup(stdout), os.dup(stderr))

    def _on_events(self, _: SessionClient, events: Sequence[tuple[Event, int]]) -> None:
        self.reads.append(events)
        for event, _size in events:
            self.arrived.put(event)

    def asked(self) -> PingRequest:
        """What the lab asks of a session that is ready and has written below Python."""
        self.client.start()
        self.channel.settimeout(PATIENCE)
        self.channel.sendall(codec.frame(READY))
        assert self.arrived.get(timeout=PATIENCE) == READY
        os.write(self.raw[1], b"from below\n")
        frames = codec.FrameReader()
        while not (bodies := list(frames.feed(self.channel.recv(1000)))):
            pass
        (request,) = map(codec.decode_request, bodies)
        assert isinstance(request, PingRequest)
        return request

    def end(self) -> None:
        """Nothing more comes."""
        for descriptor in self.raw:
            os.close(descriptor)
        self.channel.close()
        assert self.client.ended.wait(PATIENCE)

    def comes(self, sent: bytes, raw: bytes = b"") -> list[Event]:
        """What is passed on of what was sent before anyone read, and of ``raw`` below Python, until the end."""
        os.write(self.raw[1], raw)
        for descriptor in self.raw:
            os.close(descriptor)
        self.channel.sendall(sent)
        self.channel.close()
        self.client.start()
        assert self.client.ended.wait(PATIENCE)
        return [event for events in self.reads for event, _ in events]


def printed(number: int) -> StreamWritten:
    return StreamWritten(cell=0, name="stdout", text=f"line {number}\n", time=1.0)


def test_all_events_of_one_read_are_passed_on_together_with_their_sizes() -> None:
    sent = [printed(number) for number in range(100)]
    reader = Reader()

    assert reader.comes(b"".join(map(codec.frame, sent))) == sent
    assert len(reader.reads) == 1
    assert [size for _, size in reader.reads[0]] == [len(codec.encode(event)) for event in sent]


def test_output_below_python_comes_after_what_was_written_and_before_the_end_of_its_cell() -> None:
    begun, ended = CellStarted(cell=0, source="", time=1.0), CellFinished(cell=0, status="ok", seconds=0.0, time=1.0)

    came = Reader().comes(b"".join(map(codec.frame, (begun, printed(0), ended, printed(1)))), raw=b"from below\n")

    assert came[:2] == [begun, printed(0)]
    assert isinstance(came[2], StreamWritten)
    assert (came[2].name, came[2].text) == ("stderr", "from below\n")
    assert came[3:] == [ended, printed(1)]


def test_output_below_python_waits_for_what_the_session_had_said_however_long_that_travels(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(session_client, "RAW_PATIENCE", PATIENCE)
    reader = Reader()
    question = reader.asked()

    # WHEN text that was written before it comes so late, and the answer behind that
    reader.channel.sendall(codec.frame(printed(0)))
    assert reader.arrived.get(timeout=PATIENCE) == printed(0)
    reader.channel.sendall(codec.frame(HeartbeatAnswered(sequence=question.sequence)))

    # THEN it is passed on, and the answer is nobody else's affair
    event = reader.arrived.get(timeout=PATIENCE)
    assert isinstance(event, StreamWritten)
    assert (event.name, event.text) == ("stderr", "from below\n")
    reader.end()
    assert reader.arrived.empty()


def test_output_below_python_does_not_wait_for_a_session_that_never_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session_client, "RAW_PATIENCE", 0.05)
    reader = Reader()
    reader.asked()

    event = reader.arrived.get(timeout=PATIENCE)
    assert isinstance(event, StreamWritten)
    assert event.text == "from below\n"
    reader.end()


def test_events_before_one_that_the_protocol_does_not_allow_are_passed_on() -> None:
    reader = Reader()

    came = reader.comes(codec.frame(printed(0)) + b"\x01\x00\x00\x00\xc1" + codec.frame(printed(1)))

    assert came == [printed(0)]
    assert "not a message of the protocol" in reader.client.broken
