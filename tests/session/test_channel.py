"""The session's end of the frames, against a lab that reads, waits or is gone."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator

import pytest

from tests.sessions import PATIENCE
from tflab.protocol import codec
from tflab.protocol.events import CellFinished, Event, HeartbeatAnswered, ResultShown, StreamWritten
from tflab.session import channel as channel_module
from tflab.session.channel import CAPACITY, Channel
from tflab.session.interrupt import InterruptGate


class Lab:
    """The other end."""

    def __init__(self) -> None:
        self.connection, theirs = socket.socketpair()
        self.connection.settimeout(PATIENCE)
        self.channel = Channel(theirs, InterruptGate())
        self.channel.start()
        self._frames = codec.FrameReader()
        self._events: list[Event] = []

    def read(self) -> Event:
        """The next event."""
        while not self._events:
            data = self.connection.recv(1 << 16)
            assert data
            self._events += [codec.decode_event(body) for body in self._frames.feed(data)]
        return self._events.pop(0)

    def read_until(self, kind: type[Event]) -> list[Event]:
        """Everything up to the first event of ``kind``."""
        events = [self.read()]
        while not isinstance(events[-1], kind):
            events.append(self.read())
        return events


@pytest.fixture
def lab() -> Iterator[Lab]:
    lab = Lab()
    yield lab
    lab.channel.abandon()
    lab.connection.close()


DONE = CellFinished(cell=0, status="ok", seconds=0.0)


def test_text_and_events_come_in_the_order_in_which_they_were_said(lab: Lab) -> None:
    lab.channel.cell = 4
    lab.channel.write("stdout", "a")
    lab.channel.write("stdout", "b\r")
    lab.channel.write("stderr", "c")
    lab.channel.emit(ResultShown(mime={"text/plain": "r"}))
    lab.channel.write("stdout", "d")
    lab.channel.emit(DONE)

    told: list[tuple[str, str]] = []
    for event in lab.read_until(CellFinished):
        if isinstance(event, StreamWritten):
            assert event.cell == 4
            if told and told[-1][0] == event.name:
                told[-1] = (event.name, told[-1][1] + event.text)
            else:
                told.append((event.name, event.text))
        else:
            told.append((type(event).__name__, ""))
    assert told == [("stdout", "ab\r"), ("stderr", "c"), ("ResultShown", ""), ("stdout", "d"), ("CellFinished", "")]


def test_text_belongs_to_the_cell_that_wrote_it(lab: Lab) -> None:
    for cell in (1, 2):
        lab.channel.cell = cell
        lab.channel.write("stdout", f"{cell}")
    lab.channel.emit(DONE)

    events = lab.read_until(CellFinished)
    assert [(event.cell, event.text) for event in events if isinstance(event, StreamWritten)] == [(1, "1"), (2, "2")]


def test_many_short_writes_become_few_frames(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    # As where all of them are written within a moment; on a busy machine that can be a long one.
    monkeypatch.setattr(channel_module, "_now", lambda: 1.0)
    monkeypatch.setattr(channel_module, "COALESCE", PATIENCE)
    for _ in range(10_000):
        lab.channel.write("stdout", "x\n")
    lab.channel.emit(DONE)

    events = lab.read_until(CellFinished)
    assert "".join(event.text for event in events if isinstance(event, StreamWritten)) == "x\n" * 10_000
    assert len(events) < 1000


def test_what_is_said_now_has_left_when_it_returns(lab: Lab) -> None:
    lab.channel.emit(DONE, now=True)

    lab.connection.setblocking(False)
    assert isinstance(lab.read(), CellFinished)


def test_a_single_giant_text_travels_in_frames_below_the_cap(lab: Lab) -> None:
    text = "\u20ac" * (codec.MAXIMUM_FRAME // 2)

    def write() -> None:
        lab.channel.write("stdout", text)
        lab.channel.emit(DONE)

    writer = threading.Thread(target=write)
    writer.start()
    events = lab.read_until(CellFinished)
    writer.join(PATIENCE)

    assert "".join(event.text for event in events if isinstance(event, StreamWritten)) == text


def test_a_lone_surrogate_does_not_stop_the_channel(lab: Lab) -> None:
    lab.channel.write("stdout", "\udc80")
    lab.channel.emit(ResultShown(mime={"text/plain": "\ud800"}))
    lab.channel.emit(DONE)

    events = lab.read_until(CellFinished)
    assert "\\udc80" in repr(events)
    assert "\\\\ud800" in repr(events)


def test_a_result_longer_than_a_frame_is_cut(lab: Lab) -> None:
    big = ResultShown(mime={"text/plain": "x" * (codec.MAXIMUM_FRAME + 1)})
    writer = threading.Thread(target=lambda: lab.channel.emit(big))
    writer.start()
    event = lab.read()
    writer.join(PATIENCE)

    assert isinstance(event, ResultShown)
    assert event.mime["text/plain"].startswith("xxx")


def test_a_lab_that_does_not_read_makes_writers_wait_with_little_memory(lab: Lab) -> None:
    # GIVEN a lab that reads nothing, and a flood
    written = 0
    stop = threading.Event()

    def flood() -> None:
        nonlocal written
        while not stop.is_set():
            lab.channel.write("stdout", "y" * 1000)
            written += 1000

    writer = threading.Thread(target=flood, daemon=True)
    writer.start()

    # WHEN the queue and the system's buffers are full
    seen = -1
    deadline = threading.Event()
    while written != seen:
        seen = written
        deadline.wait(0.5)

    # THEN the flood stands still at about the capacity, urgent answers still get in, and reading sets it free
    assert written < 4 * CAPACITY
    lab.channel.emit(HeartbeatAnswered(sequence=7), wait=False)
    stop.set()
    events = lab.read_until(HeartbeatAnswered)
    writer.join(PATIENCE)
    assert not writer.is_alive()
    assert sum(len(event.text) for event in events if isinstance(event, StreamWritten)) >= seen


def test_many_threads_lose_nothing(lab: Lab) -> None:
    def emit(thread: int) -> None:
        for number in range(500):
            lab.channel.emit(StreamWritten(cell=thread, name="stdout", text=str(number)))

    threads = [threading.Thread(target=emit, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    events = [lab.read() for _ in range(8 * 500)]
    for thread in threads:
        thread.join(PATIENCE)

    for number in range(8):
        mine = [event.text for event in events if isinstance(event, StreamWritten) and event.cell == number]
        assert mine == [str(count) for count in range(500)]


def test_flush_returns_when_all_is_sent(lab: Lab) -> None:
    lab.channel.write("stdout", "last words")
    lab.channel.flush(PATIENCE)

    lab.connection.setblocking(False)
    event = lab.read()
    assert isinstance(event, StreamWritten)
    assert event.text == "last words"


def test_an_abandoned_channel_says_nothing_more(lab: Lab) -> None:
    lab.channel.abandon()
    lab.channel.write("stdout", "x")
    lab.channel.emit(DONE)

    assert lab.connection.recv(10) == b""


def test_a_session_without_a_lab_ends_itself() -> None:
    # GIVEN a process with a channel whose other end is closed
    program = """
import socket, sys, time
from tflab.protocol.events import HeartbeatAnswered
from tflab.session.channel import Channel
from tflab.session.interrupt import InterruptGate
ours, theirs = socket.socketpair()
channel = Channel(theirs, InterruptGate())
channel.start()
ours.close()
while True:
    channel.emit(HeartbeatAnswered(sequence=1))
    time.sleep(0.01)
"""
    result = subprocess.run([sys.executable, "-c", program], timeout=PATIENCE, check=False, env=dict(os.environ))

    assert result.returncode == channel_module.LOST_CONNECTION
