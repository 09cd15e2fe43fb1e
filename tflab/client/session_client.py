"""One session from outside: its descriptors, the thread that reads them, and requests to it."""

from __future__ import annotations

import math
import os
import selectors
import socket
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from tflab.client.processes import activity, is_ending
from tflab.client.raw_pipe import RawPipe
from tflab.protocol import codec
from tflab.protocol.events import CellFinished, CellStarted, Event, HeartbeatAnswered, SessionReady, StreamWritten
from tflab.protocol.requests import PingRequest, Request, ShutdownRequest
from tflab.protocol.server import SessionDescriptors, SessionSpec

RAW_GRACE: Final = 0.015
"""Seconds that raw output waits at least for text that Python wrote before it and that still travels."""
RAW_PATIENCE: Final = 1.0
"""Seconds that it waits at most: until the session, asked when the output was seen, has answered behind that text."""
ENDING: Final = 60.0
"""Seconds that a process whose end has begun may take until it is gone, with all that it started: much memory is to be
given back, or the machine is busy."""
_REST: Final = 0.05
"""Of the time: who computes no longer than that does nothing."""
LEAVING: Final = 5.0
"""Seconds that a session may work for at its own end, and the lab at what is left of it."""
MOST_UNSENT: Final = 4 << 20
"""Bytes of requests that a session may leave unread."""


@dataclass(frozen=True)
class _Wait:
    """What has come through a pipe waits for what was said before."""

    began: float
    question: int | None
    """The number of the ping that asks for it; None where the session does not answer yet."""
    is_over: bool = False
    """Whether it was passed on meanwhile: what is there now has come later."""

    def due(self, answered: int) -> float:
        """When it is passed on, once the session has answered so many."""
        knows = self.question is None or answered >= self.question
        return self.began + (RAW_GRACE if knows else RAW_PATIENCE)


class SessionClient:
    """One session, from the wish for it to its end.

    ``on_events(client, events)`` and ``on_end(client)`` are called on the reader thread; ``events`` are those of one
    read, in order, each with the bytes that it took. ``on_events`` may block, and then the session's prints block, too.
    Text is passed on as the session sent it, control sequences included.
    """

    def __init__(
        self,
        spec: SessionSpec,
        on_events: Callable[[SessionClient, Sequence[tuple[Event, int]]], None],
        on_end: Callable[[SessionClient], None],
    ) -> None:
        self.spec = spec
        self.fork_id = 0
        self.pid: int | None = None
        self.status: int | None = None
        """Exit status once ``exited`` is set; None where it is not known."""
        self.exited = threading.Event()
        """Set when the server has seen the process end, or is gone itself."""
        self.ended = threading.Event()
        """Set after ``on_end``."""
        self.last_output = ""
        """The end of what came below Python."""
        self.broken = ""
        """What the session sent that the protocol does not allow."""
        self.is_ready = False
        self._on_events = on_events
        self._on_end = on_end
        self._connection, self._their_connection = socket.socketpair()
        self._pipes = (RawPipe("stdout"), RawPipe("stderr"))
        self._wake_read, self._wake_write = os.pipe()
        for descriptor in (self._wake_read, self._wake_write):
            os.set_blocking(descriptor, False)
        self._connection.setblocking(False)
        self._unsent = bytearray()
        self._lock = threading.Lock()
        self._frames = codec.FrameReader()
        self._cell: int | None = None
        self._waits: dict[RawPipe, _Wait] = {}
        """The pipes through which something has come, the first to come first."""
        self._emptied = 0
        """How often everything was passed on at once."""
        self._asked = self._answered = 0
        """Own pings so far, numbered -1, -2, ...: those of others count upwards."""

    @property
    def last_line(self) -> str:
        """The last line of ``last_output`` that is not blank."""
        lines = [line.strip() for line in self.last_output.splitlines()]
        return next((line for line in reversed(lines) if line), "")

    @property
    def descriptors(self) -> SessionDescriptors:
        """The session's ends."""
        stdout, stderr = self._pipes
        return SessionDescriptors(self._their_connection.fileno(), stdout.their_end, stderr.their_end)

    def leave(self, grace: float) -> None:
        """Asks it to end and waits for that as long as it works, in any ``grace`` seconds: what programs do at their
        exit is not cut off because the machine is slow."""
        self.send(ShutdownRequest())
        if self.pid is None:
            return
        last = time.monotonic() + LEAVING
        _, done = activity(self.pid)
        while not self.exited.wait(grace) and time.monotonic() < last:
            works, work = activity(self.pid)
            # Before it has been told to end it may rest for as long as the machine needs for that.
            if not works and work <= done + _REST * grace and not self._unsent:
                return
            done = work

    def exits(self, grace: float) -> bool:
        """Waits for the process's end: for ``grace`` seconds, and longer where it has begun to end, since its source
        tells that however late it comes to it."""
        if self.exited.wait(grace):
            return True
        # Without a number: its beginning has not been told either.
        return (self.pid is None or is_ending(self.pid)) and self.exited.wait(ENDING)

    def start(self) -> None:
        """The descriptors have travelled: closes this process's copies and reads."""
        self._close_theirs()
        threading.Thread(target=self._read, name="tflab-session-reader", daemon=True).start()

    def discard(self) -> None:
        """Closes everything of a session that was never forked."""
        self._close_theirs()
        self._close()

    def _close_theirs(self) -> None:
        self._their_connection.close()
        for pipe in self._pipes:
            pipe.close_theirs()

    def send(self, request: Request) -> None:
        """Queues ``request``; never blocks. Requests to a session that is gone vanish."""
        with self._lock:
            if len(self._unsent) > MOST_UNSENT:
                return
            self._unsent += codec.frame(request)
            try:
                os.write(self._wake_write, b"\0")
            except OSError:
                pass

    # --- the reader thread ---------------------------------------------------------------------------------------

    def _read(self) -> None:
        try:
            with selectors.DefaultSelector() as selector:
                selector.register(self._connection, selectors.EVENT_READ)
                for pipe in self._pipes:
                    selector.register(pipe, selectors.EVENT_READ)
                selector.register(self._wake_read, selectors.EVENT_READ)
                self._read_all(selector)
        except codec.ProtocolError as error:
            self.broken = str(error)
        self._read_last()
        self._close()
        self._on_end(self)
        self.ended.set()

    def _read_all(self, selector: selectors.BaseSelector) -> None:
        writing = False
        while True:
            dues = [wait.due(self._answered) for wait in self._waits.values()]
            timeout = max(0.0, min(dues) - time.monotonic()) if dues else None
            ready = {key.fileobj: events for key, events in selector.select(timeout)}
            channel = ready.get(self._connection, 0)
            if self._wake_read in ready:
                os.read(self._wake_read, 4096)
            emptied = self._emptied
            if channel & selectors.EVENT_READ and not self._read_channel():
                return
            came = [pipe for pipe in ready if isinstance(pipe, RawPipe)]
            question = self._ask() if came else None
            unsent = self._send_unsent()
            if unsent != writing:
                writing = unsent
                wanted = selectors.EVENT_READ | (selectors.EVENT_WRITE if writing else 0)
                selector.modify(self._connection, wanted)
            now = time.monotonic()
            for pipe in [pipe for pipe, wait in self._waits.items() if wait.due(self._answered) <= now]:
                if self._waits.pop(pipe).is_over or self._pass_on(pipe):
                    selector.register(pipe, selectors.EVENT_READ)
            for pipe in came:
                self._waits[pipe] = _Wait(now, question, is_over=self._emptied != emptied)
                selector.unregister(pipe)

    def _ask(self) -> int | None:
        """Asks for all that the session has said up to now; the number of the answer that comes behind it."""
        with self._lock:
            if not self.is_ready or len(self._unsent) > MOST_UNSENT:
                return None
            self._asked += 1
            self._unsent += codec.frame(PingRequest(sequence=-self._asked))
            return self._asked

    def _read_channel(self) -> bool:
        """Reads once and passes events on; False at the end."""
        try:
            data = self._connection.recv(1 << 18)
        except BlockingIOError:
            return True
        except OSError:
            return False
        if not data:
            return False
        came: list[tuple[Event, int]] = []
        try:
            for body in self._frames.feed(data):
                event = codec.decode_event(body)
                match event:
                    case HeartbeatAnswered() if event.sequence < 0:
                        self._answered = max(self._answered, min(-event.sequence, self._asked))
                        continue
                    case SessionReady():
                        self.is_ready = True
                    case CellStarted():
                        self._cell = event.cell
                    case CellFinished():
                        self._tell(came)
                        came = []
                        # What the cell wrote below Python is in the pipes by now.
                        self._read_last()
                        self._cell = None
                came.append((event, len(body)))
        finally:
            # Those before one that the protocol does not allow count, too.
            self._tell(came)
        return True

    def _tell(self, events: Sequence[tuple[Event, int]]) -> None:
        if events:
            self._on_events(self, events)

    def _read_last(self) -> None:
        """Passes on all that is in the pipes."""
        for pipe in sorted(self._pipes, key=self._came_at):
            self._pass_on(pipe, final=True)
        self._emptied += 1
        self._waits = {pipe: replace(wait, is_over=True) for pipe, wait in self._waits.items()}

    def _came_at(self, pipe: RawPipe) -> float:
        return self._waits[pipe].began if pipe in self._waits else math.inf

    def _pass_on(self, pipe: RawPipe, *, final: bool = False) -> bool:
        """Passes on what is in ``pipe``; False at its end."""
        text, alive = pipe.read(final=final)
        if text:
            self.last_output = (self.last_output + text)[-2000:]
            self._tell([(StreamWritten(cell=self._cell, name=pipe.name, text=text), len(text))])
        return alive

    def _send_unsent(self) -> bool:
        """Sends what fits; True where something is left."""
        with self._lock:
            try:
                while self._unsent:
                    del self._unsent[: self._connection.send(self._unsent)]
            except BlockingIOError:
                return True
            except OSError:
                # The end is read next.
                self._unsent.clear()
            return False

    def _close(self) -> None:
        with self._lock:
            self._connection.close()
            for pipe in self._pipes:
                pipe.close()
            for descriptor in (self._wake_read, self._wake_write):
                os.close(descriptor)
            self._wake_write = -1
