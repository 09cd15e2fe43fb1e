"""Tracebacks for learners: their own frames, one line for how many of the libraries were left out, no colour.

Only the learner's frames are looked at, so that a failure deep inside TensorFlow costs no more than any other.
"""

from __future__ import annotations

import linecache
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from types import FrameType, TracebackType
from typing import Final

from tflab.messages import text
from tflab.protocol.events import CellError
from tflab.session.learner_frames import LearnerFrames
from tflab.session.tensorflow_messages import CleanMessage, clean_message

LONGEST_STACK: Final = 20
"""Frames shown of each end of a deep recursion."""
MOST_REPETITIONS: Final = 3
"""Times that the same line is shown in a row."""
LONGEST_CHAIN: Final = 8
LONGEST_MESSAGE: Final = 200_000


@dataclass(frozen=True)
class _Stack:
    """The learner's part of one exception's traceback."""

    frames: tuple[traceback.FrameSummary, ...]
    hidden_after: tuple[int, ...]
    """How many library frames follow each frame; one more entry at the front for those before the first."""


class TracebackWriter:
    """Turns exceptions into `CellError`s and text."""

    def __init__(self, frames: LearnerFrames) -> None:
        self._frames = frames

    def error(self, exception: BaseException, filename: str) -> CellError:
        """``exception``, which ended a cell compiled as ``filename``."""
        message = self._message(exception)
        return CellError(
            name=type(exception).__name__,
            message=message.text,
            line=self.line(exception, filename, message),
            traceback="".join(self.lines(exception)).rstrip("\n"),
        )

    def line(self, exception: BaseException, filename: str, message: CleanMessage | None = None) -> int | None:
        """The deepest line of ``filename`` that ``exception`` came from."""
        if isinstance(exception, SyntaxError) and exception.filename == filename:
            return exception.lineno if isinstance(exception.lineno, int) else None
        found: int | None = None
        for frame, lineno in _walk(exception.__traceback__):
            if frame.f_code.co_filename == filename:
                found = lineno
        for site in (message or self._message(exception)).sites:
            if site.file == filename:
                found = site.line
        return found

    def lines(self, exception: BaseException) -> Iterator[str]:
        """The traceback of ``exception`` and of what led to it, oldest first, each with its newline."""
        chain: list[tuple[BaseException, str]] = []
        seen: set[int] = set()
        current: BaseException | None = exception
        while current is not None and id(current) not in seen and len(chain) < LONGEST_CHAIN:
            seen.add(id(current))
            if current.__cause__ is not None:
                chain.append((current, "client.traceback_cause"))
                current = current.__cause__
            elif current.__context__ is not None and not current.__suppress_context__:
                chain.append((current, "client.traceback_context"))
                current = current.__context__
            else:
                chain.append((current, ""))
                current = None
        for index, (link, _) in enumerate(reversed(chain)):
            if index:
                yield "\n" + text(chain[len(chain) - 1 - index][1]) + "\n\n"
            yield from self._one(link)

    def _one(self, exception: BaseException) -> Iterator[str]:
        stack = self._stack(exception.__traceback__)
        message = self._message(exception)
        if stack.frames or message.sites:
            yield text("client.traceback_header") + "\n"
        yield from self._frame_lines(stack)
        shown_lines = {(frame.filename, frame.lineno) for frame in stack.frames}
        for site in message.sites:
            if (site.file, site.line) in shown_lines:
                continue
            yield f'  File "{site.file}", line {site.line}, in {site.function}\n'
            source = site.source or linecache.getline(site.file, site.line).strip()
            if source:
                yield f"    {source}\n"
        hidden = message.hidden + (stack.hidden_after[-1] if stack.frames else 0)
        if hidden:
            yield "  " + text("client.traceback_hidden", count=hidden) + "\n"
        if isinstance(exception, SyntaxError):
            yield from traceback.format_exception_only(type(exception), exception)
        else:
            name = type(exception).__name__
            yield (f"{name}: {message.text}" if message.text else name) + "\n"
            for note in getattr(exception, "__notes__", ()):
                yield f"{note}\n"

    def _frame_lines(self, stack: _Stack) -> Iterator[str]:
        """The frames, a recursion told once; what follows the last frame is said after the message's own lines."""
        shown = 0
        left_out = 0
        previous: tuple[str, int | None, str] | None = None
        repeated = 0
        for index, frame in enumerate(stack.frames):
            place = (frame.filename, frame.lineno, frame.name)
            repeated = repeated + 1 if place == previous else 0
            previous = place
            if repeated >= MOST_REPETITIONS or (shown >= LONGEST_STACK and index < len(stack.frames) - LONGEST_STACK):
                left_out += 1
                continue
            if left_out:
                yield "  " + text("client.traceback_repeated", count=left_out) + "\n"
                left_out = 0
            shown += 1
            yield from traceback.StackSummary.from_list([frame]).format()
            if stack.hidden_after[index + 1] and index + 1 < len(stack.frames):
                yield "  " + text("client.traceback_hidden", count=stack.hidden_after[index + 1]) + "\n"
        if left_out:
            yield "  " + text("client.traceback_repeated", count=left_out) + "\n"

    def _stack(self, trace: TracebackType | None) -> _Stack:
        mine: TracebackType | None = None
        kept: list[TracebackType] = []
        hidden = [0]
        while trace is not None:
            if self._frames.owns(trace.tb_frame):
                kept.append(trace)
                hidden.append(0)
            else:
                hidden[-1] += 1
            trace = trace.tb_next
        for original in reversed(kept):
            mine = TracebackType(mine, original.tb_frame, original.tb_lasti, original.tb_lineno)
        return _Stack(frames=tuple(traceback.extract_tb(mine)), hidden_after=tuple(hidden))

    def _message(self, exception: BaseException) -> CleanMessage:
        if isinstance(exception, SyntaxError):
            # str() adds file and line, which are said elsewhere.
            return CleanMessage(text=str(exception.msg))
        try:
            full = str(exception)
        # A learner's own __str__ can fail in any way.
        except Exception:
            full = text("client.traceback_unprintable")
        if len(full) > LONGEST_MESSAGE:
            full = full[:LONGEST_MESSAGE] + " ..."
        return clean_message(full, self._frames.owns_file)


def _walk(trace: TracebackType | None) -> Iterator[tuple[FrameType, int]]:
    while trace is not None:
        yield trace.tb_frame, trace.tb_lineno
        trace = trace.tb_next
