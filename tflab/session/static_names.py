"""``python -m tflab.session.static_names``: names of code that has not run, by reading it with Jedi.

A process of its own: reading a large library takes seconds and memory, and the lab must not wait for it. Frames as of a
session come on standard input (`CompleteRequest`, `DescribeRequest`) and go to standard output. Where several questions
of a kind wait, only the last is answered. The code is read, never run; extension modules that lie outside the Python
installation are not loaded.
"""

from __future__ import annotations

import os
import queue
import resource
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, BinaryIO, Final

from tflab.protocol import codec
from tflab.protocol.editing_help import NameDescribed
from tflab.protocol.events import Completion, CompletionsOffered, Event
from tflab.protocol.requests import CompleteRequest, DescribeRequest, Request
from tflab.session.cursor_place import place_at

LONGEST_LIST: Final = 200
_DETAIL_SECONDS: Final = 0.15
"""How long may be spent on saying what the names are: Jedi takes seconds for some."""
_MEMORY: Final = 4 << 30
_KINDS: Final = {"instance": "", "statement": "", "param": "", "path": ""}


class StaticNames:
    """Answers about code by reading it."""

    def __init__(self) -> None:
        import jedi
        from jedi.api.environment import InterpreterEnvironment

        self._jedi = jedi
        self._environment = InterpreterEnvironment()
        # No file of the learner's belongs to it: imports are looked for in the Python installation.
        self._project = jedi.Project(tempfile.gettempdir(), smart_sys_path=False)

    def answer(self, request: Request) -> Event | None:
        """The answer, empty where Jedi gives up; None for requests of other kinds."""
        if isinstance(request, CompleteRequest):
            start, found = request.position, tuple[Completion, ...]()
            with suppress(Exception):
                start, found = self._complete(request)
            return CompletionsOffered(request_id=request.request_id, start=start, completions=found)
        if isinstance(request, DescribeRequest):
            with suppress(Exception):
                return self._describe(request)
            return NameDescribed(request_id=request.request_id)
        return None

    def _script(self, source: str) -> Any:
        return self._jedi.Script(source, environment=self._environment, project=self._project)

    def _complete(self, request: CompleteRequest) -> tuple[int, tuple[Completion, ...]]:
        place = place_at(request.source, request.position)
        if place.comment or place.string is not None:
            return request.position, ()
        found = self._script(request.source).complete(*_line_and_column(request.source, request.position))
        until = time.monotonic() + _DETAIL_SECONDS
        length = found[0].get_completion_prefix_length() if found else 0
        private = request.source[request.position - length : request.position].startswith("_")
        shown = [each for each in found if private or not each.name.startswith("_")][:LONGEST_LIST]
        return request.position - length, tuple(
            Completion(name=each.name_with_symbols, detail=_kind(each) if time.monotonic() < until else "")
            for each in shown
        )

    def _describe(self, request: DescribeRequest) -> NameDescribed:
        script = self._script(request.source)
        line, column = _line_and_column(request.source, request.position)
        if request.what == "name":
            for name in script.help(line, column):
                signatures = name.get_signatures()
                parameters = tuple(each.to_string() for each in signatures[0].params) if signatures else None
                documentation = name.docstring(raw=True)
                if parameters is not None or documentation:
                    return NameDescribed(
                        request_id=request.request_id,
                        name=name.name,
                        detail=_kind(name),
                        parameters=parameters,
                        documentation=documentation,
                    )
        for signature in script.get_signatures(line, column):
            return NameDescribed(
                request_id=request.request_id,
                name=signature.name,
                detail=_kind(signature),
                parameters=tuple(each.to_string() for each in signature.params),
                active=signature.index,
                documentation=signature.docstring(raw=True),
            )
        return NameDescribed(request_id=request.request_id)


def _kind(name: Any) -> str:
    kind = str(name.type)
    return _KINDS.get(kind, kind)


def _line_and_column(source: str, position: int) -> tuple[int, int]:
    before = source[:position]
    return before.count("\n") + 1, len(before) - (before.rfind("\n") + 1)


def _requests(stream: BinaryIO) -> Iterator[Request]:
    frames = codec.FrameReader()
    while data := os.read(stream.fileno(), 65536):
        for body in frames.feed(data):
            yield codec.decode_request(body)


def serve(read_from: BinaryIO, write_to: BinaryIO) -> None:
    """Answers until the stream ends."""
    asked: queue.SimpleQueue[Request | None] = queue.SimpleQueue()

    def read() -> None:
        with suppress(codec.ProtocolError, OSError):
            for request in _requests(read_from):
                asked.put(request)
        asked.put(None)

    threading.Thread(target=read, daemon=True).start()
    names = StaticNames()
    while True:
        waiting: dict[type[Request], Request] = {}
        request = asked.get()
        while request is not None:
            waiting[type(request)] = request
            if asked.empty():
                break
            request = asked.get()
        if request is None:
            return
        for each in waiting.values():
            answer = names.answer(each)
            if answer is not None:
                write_to.write(codec.frame(answer))
                write_to.flush()


def main() -> None:
    """Serves on standard input and output, with little claim on the machine."""
    os.nice(10)
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    output = os.fdopen(os.dup(1), "wb")
    # What a library prints does not belong between the frames.
    os.dup2(2, 1)
    with suppress(BrokenPipeError):
        serve(sys.stdin.buffer, output)


if __name__ == "__main__":
    main()
