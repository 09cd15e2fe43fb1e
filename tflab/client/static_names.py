"""The process that reads code that has not run: started with the first question, ended when it does not answer."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from contextlib import suppress
from typing import Final

from tflab.client.environment import server_environment
from tflab.protocol import codec
from tflab.protocol.events import Event
from tflab.protocol.requests import CompleteRequest, DescribeRequest, Request

PATIENCE: Final = 30.0
"""Seconds without an answer after which the process is ended; the next question starts another."""
_MOST_FAILURES: Final = 3


class StaticNamesProcess:
    """Asks `tflab.session.static_names`. No method blocks: a thread writes the questions, another reads the answers."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Condition()
        self._questions: dict[type[Request], Request] = {}
        """The last of each kind that is not yet written."""
        self._answers: list[Event] = []
        self._asked_at: float | None = None
        self._failures = 0

    def complete(self, request: CompleteRequest, /) -> None:
        """Asks what could stand at the cursor; `CompletionsOffered` answers, unless a later question comes first."""
        self._ask(request)

    def describe(self, request: DescribeRequest, /) -> None:
        """Asks what a name is; `NameDescribed` answers."""
        self._ask(request)

    def drain(self) -> list[Event]:
        """The answers since the last call."""
        with self._lock:
            answers, self._answers = self._answers, []
            late = self._asked_at is not None and time.monotonic() - self._asked_at > PATIENCE
            if answers:
                self._asked_at, self._failures = None, 0
        if late and not answers:
            self._failures += 1
            self.close()
        return answers

    def close(self) -> None:
        """Ends the process."""
        with self._lock:
            process, self._process = self._process, None
            self._asked_at = None
            self._questions.clear()
            self._lock.notify_all()
        if process is not None:
            process.kill()
            process.wait()

    def _ask(self, request: Request) -> None:
        if self._process is not None and self._process.poll() is not None:
            self._failures += 1
            self.close()
        if self._failures >= _MOST_FAILURES or (self._process is None and not self._start()):
            return
        with self._lock:
            self._questions[type(request)] = request
            if self._asked_at is None:
                self._asked_at = time.monotonic()
            self._lock.notify_all()

    def _start(self) -> bool:
        try:
            process = subprocess.Popen(
                [sys.executable, "-m", "tflab.session.static_names"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=server_environment(),
                # Not where the learner's files are: they would shadow modules.
                cwd="/",
                # Ctrl+C in the lab's terminal is the lab's.
                start_new_session=True,
            )
        except OSError:
            self._failures = _MOST_FAILURES
            return False
        self._process = process
        for work in (self._write, self._read):
            threading.Thread(target=work, args=(process,), name="static names", daemon=True).start()
        return True

    def _write(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdin is not None
        with suppress(OSError), process.stdin:
            while True:
                with self._lock:
                    while self._process is process and not self._questions:
                        self._lock.wait()
                    if self._process is not process:
                        return
                    questions = list(self._questions.values())
                    self._questions.clear()
                for question in questions:
                    process.stdin.write(codec.frame(question))
                process.stdin.flush()

    def _read(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdout is not None
        frames = codec.FrameReader()
        with suppress(OSError, codec.ProtocolError), process.stdout:
            while data := os.read(process.stdout.fileno(), 65536):
                answers = [codec.decode_event(body) for body in frames.feed(data)]
                with self._lock:
                    if self._process is process:
                        self._answers += answers
