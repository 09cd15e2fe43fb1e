"""One session from outside: its descriptors, the thread that reads them, and requests to it."""

from __future__ import annotations

import math
import os
import selectors
import socket
import threading
import time
from collections.abc import Callable, Sequence

from tflab.client.raw_pipe import RawPipe
from tflab.protocol import codec
from tflab.protocol.events import CellFinished, CellStarted, Event, SessionReady, StreamWritten
from tflab.protocol.requests import Request
from tflab.protocol.server import SessionDescriptors, SessionSpec

RAW_GRACE = 0.015
"""Seconds that raw output waits for text that Python wrote before it and that still travels."""
MOST_UNSENT = 4 << 20
"""Bytes of requests that a session may leave unread."""


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
        self._due: dict[RawPipe, float] = {}
        """When what has come through a pipe is passed on, the first to come first."""

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
            timeout = max(0.0, min(self._due.values()) - time.monotonic()) if self._due else None
            ready = {key.fileobj: events for key, events in selector.select(timeout)}
            channel = ready.get(self._connection, 0)
            if self._wake_read in ready:
                os.read(self._wake_read, 4096)
            if channel & selectors.EVENT_READ and not self._read_channel():
                return
            unsent = self._send_unsent()
            if unsent != writing:
                writing = unsent
                wanted = selectors.EVENT_READ | (selectors.EVENT_WRITE if writing else 0)
                selector.modify(self._connection, wanted)
            now = time.monotonic()
            for pipe in [pipe for pipe, due in self._due.items() if due <= now]:
                del self._due[pipe]
                if self._pass_on(pipe):
                    selector.register(pipe, selectors.EVENT_READ)
            for pipe in [pipe for pipe in ready if isinstance(pipe, RawPipe)]:
                self._due[pipe] = now + RAW_GRACE
                selector.unregister(pipe)

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
        for pipe in sorted(self._pipes, key=lambda pipe: self._due.get(pipe, math.inf)):
            self._pass_on(pipe, final=True)

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
