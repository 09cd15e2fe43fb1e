"""What the session says, in order: events and text through one byte-bounded queue and one writer thread.

Where the lab reads slowly the queue fills, and whoever emits or prints waits: memory stays flat and nothing is
lost. Text is passed on as it was written, control sequences included; the lab's interface strips them.
"""

from __future__ import annotations

import os
import socket
import struct
import time
from collections import deque
from queue import Empty, SimpleQueue
from threading import Lock, Thread
from typing import Final, NoReturn

from tflab.protocol.codec import MAXIMUM_FRAME, encode
from tflab.protocol.events import Event, StreamName, StreamWritten
from tflab.session.encodable import encodable_event, encodable_text, shortened_event
from tflab.session.interrupt import InterruptGate

CAPACITY: Final = 1 << 20
"""Bytes that may wait to be sent before writers wait."""
CHUNK: Final = 32 << 10
"""Characters of text in one frame, about."""
COALESCE: Final = 0.01
"""Seconds that text waits for more of its kind."""
CREDIT: Final = 40
"""Times in `CREDIT_EVERY` seconds that a speaker sends for itself; beyond that the writer thread gathers."""
CREDIT_EVERY: Final = 0.1
LOST_CONNECTION: Final = 70
"""Exit status of a session that can no longer speak with the lab."""

_LENGTH = struct.Struct("<I")
# The learner's code may replace these names in their modules; ours keep working.
_sleep = time.sleep
_now = time.monotonic
_exit = os._exit


class Channel:
    """The session's end of the frames. ``emit`` and ``write`` may be called from any thread.

    A few times a second speakers send for themselves, so that what they said is out whatever happens next; what comes
    faster is gathered by the writer thread.
    """

    def __init__(self, connection: socket.socket, gate: InterruptGate) -> None:
        self._connection = connection
        self._gate = gate
        self._lock = Lock()
        """Guards the queue; never held while anything is sent."""
        self._sender = Lock()
        """Held by who sends, one at a time."""
        self._wake: SimpleQueue[None] = SimpleQueue()
        self._frames: deque[bytes] = deque()
        self._text: list[str] = []
        self._text_name: StreamName = "stdout"
        self._text_size = 0
        self._text_cell: int | None = None
        self._queued = 0
        self._sending = 0
        self._unsent = b""
        """What a sender could not send; it goes before everything in the queue."""
        self._credit = 0
        self._credit_at = 0.0
        self._urgent = False
        self._closed = False
        self.cell: int | None = None
        """The cell that text written now belongs to."""

    def start(self) -> None:
        """Starts the writer thread."""
        Thread(target=self._write_frames, name="tflab-writer", daemon=True).start()

    def emit(self, event: Event, *, wait: bool = True, now: bool = False) -> None:
        """Queues ``event`` after everything emitted or written before.

        Waits while the queue is full, unless ``wait`` is False (for threads that must not block). With ``now`` it is
        handed to the system before this returns, if there is room.
        """
        if self._closed:
            return
        body = self._encoded(event)
        while wait and self._queued + self._sending > CAPACITY:
            _sleep(0.002)
        self._gate.hold()
        try:
            with self._lock:
                self._close_text()
                self._append(body)
            if (now or self._has_credit()) and self._send_now():
                return
            self._hurry()
        finally:
            self._gate.release()

    def write(self, name: StreamName, text: str) -> None:
        """Queues ``text`` of the stream ``name``; short writes travel together. Waits while the queue is full."""
        for start in range(0, len(text), CHUNK):
            if self._closed:
                return
            while self._queued + self._sending > CAPACITY:
                _sleep(0.002)
            self._write_chunk(name, text[start : start + CHUNK] if len(text) > CHUNK else text)

    def _write_chunk(self, name: StreamName, text: str) -> None:
        self._gate.hold()
        try:
            with self._lock:
                if self._text and (name != self._text_name or self.cell != self._text_cell):
                    self._close_text()
                first = not self._text
                if first:
                    self._text_name, self._text_cell = name, self.cell
                self._text.append(text)
                self._text_size += len(text)
                self._queued += len(text)
            # Not the beginning of a line: print() writes the end apart.
            if text.endswith("\n") and self._has_credit() and self._send_now():
                return
            if self._text_size > CHUNK:
                self._hurry()
            elif first:
                self._wake.put(None)
        finally:
            self._gate.release()

    def flush(self, timeout: float = 5.0) -> None:
        """Returns when all of it is sent, or after ``timeout`` seconds."""
        # In a process that was forked meanwhile the lock may be held for ever.
        if self._closed:
            return
        end = _now() + timeout
        self._hurry()
        while self._queued + self._sending and not self._closed and _now() < end:
            _sleep(0.001)

    def abandon(self) -> None:
        """For a process that the learner's code forked: this channel belongs to the parent, say nothing more."""
        self._closed = True
        self._connection.close()

    # --- queue: with the lock held -------------------------------------------------------------------------------

    def _append(self, body: bytes) -> None:
        self._frames.append(_LENGTH.pack(len(body)))
        self._frames.append(body)
        self._queued += len(body) + _LENGTH.size

    def _close_text(self) -> None:
        if not self._text:
            return
        text = "".join(self._text)
        self._queued -= self._text_size
        self._text, self._text_size = [], 0
        self._append(encode(StreamWritten(cell=self._text_cell, name=self._text_name, text=encodable_text(text))))

    @staticmethod
    def _encoded(event: Event) -> bytes:
        try:
            body = encode(event)
        except (UnicodeEncodeError, TypeError):
            body = encode(encodable_event(event))
        if len(body) > MAXIMUM_FRAME:
            body = encode(shortened_event(event))
        return body

    # --- sending: by whoever holds the sender --------------------------------------------------------------------

    def _has_credit(self) -> bool:
        """Whether the speaker may send for itself; uses the credit up."""
        now = _now()
        if now - self._credit_at > CREDIT_EVERY:
            self._credit, self._credit_at = CREDIT, now
        self._credit -= 1
        return self._credit >= 0

    def _hurry(self) -> None:
        """The writer thread does not wait for more."""
        with self._lock:
            urgent, self._urgent = self._urgent, True
        if not urgent:
            self._wake.put(None)

    def _taken(self) -> bytes:
        with self._lock:
            self._close_text()
            batch = b"".join((self._unsent, *self._frames))
            self._frames.clear()
            self._queued, self._sending = 0, len(batch)
            self._unsent = b""
            self._urgent = False
        return batch

    def _send_now(self) -> bool:
        """Sends from the calling thread without waiting; False where the writer thread has to go on."""
        if not self._sender.acquire(blocking=False):
            return False
        try:
            batch = self._taken()
            try:
                sent = self._connection.send(batch, socket.MSG_DONTWAIT) if batch else 0
            # Full, or gone: the writer thread finds out which.
            except OSError:
                sent = 0
            self._unsent = batch[sent:]
            self._sending = len(self._unsent)
            return not self._unsent
        finally:
            self._sender.release()

    def _write_frames(self) -> None:
        try:
            while True:
                self._wake.get()
                if not self._urgent:
                    try:
                        self._wake.get(timeout=COALESCE)
                    except Empty:
                        pass
                with self._sender:
                    batch = self._taken()
                    if batch:
                        self._connection.sendall(batch)
                        self._sending = 0
                    # Whatever stops the writer, a session that cannot speak must not run on unseen.
        except BaseException:
            if not self._closed:
                lose_connection()


def lose_connection() -> NoReturn:
    """Ends this process: the lab is gone, or what connected it was closed."""
    _exit(LOST_CONNECTION)
