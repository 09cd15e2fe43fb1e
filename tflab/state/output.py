"""What cells wrote, in bounded memory: of each run the beginning and the end, and how much lies hidden between them."""

from __future__ import annotations

import base64
import binascii
import struct
from collections import deque
from collections.abc import Iterator, Mapping
from typing import Final, Literal, NamedTuple

from tflab.messages import text
from tflab.protocol.events import CellError, CellStatus
from tflab.state.pictures import Picture, WholePictures, small_picture
from tflab.state.result_text import result_text
from tflab.state.terminal_text import TerminalText

HEAD_CHARACTERS: Final = 256 << 10
TAIL_CHARACTERS: Final = 1 << 20
HEAD_LINES: Final = 10_000
TAIL_LINES: Final = 50_000
"""A run of very short lines is bounded by their number, since each costs memory beyond its characters."""
MOST_BLOCKS: Final = 400
GONE: Final = -1
"""Stands for a cell that was taken away after it had run."""
MOST_LINES: Final = 200_000

LineKind = Literal["heading", "stdout", "stderr", "result", "error", "image", "hidden", "note"]


class Line(NamedTuple):
    """One line of output: plain text but for SGR sequences (see `tflab.state.terminal_text`)."""

    kind: LineKind
    text: str
    block: Block | None = None
    """The run that a ``heading`` is of."""
    picture: Picture | None = None
    """What an ``image`` looks like, where that is known."""

    @property
    def size(self) -> int:
        """Characters, or bytes, that it takes."""
        return len(self.text) + 1 + (len(self.picture.pixels) if self.picture is not None else 0)


class Block:
    """The output of one run of one cell, or lines of the lab's own (``cell`` None)."""

    def __init__(self, cell: int | None, ordinal: int = 0) -> None:
        self.cell = cell
        self.ordinal = ordinal
        """Counts the runs of this session, from 1."""
        self.status: CellStatus | Literal["running"] = "running"
        self.seconds = 0.0
        self.error: CellError | None = None
        self.hidden = 0
        """Lines that were dropped between the beginning and the end."""
        self._heading = Line("heading", "", self)
        self._head: list[Line] = []
        self._tail: deque[Line] = deque()
        self._head_size = 0
        self._tail_size = 0
        self._head_full = False
        self._reader = TerminalText()
        self._open_kind: LineKind = "stdout"
        self._displays: dict[str, list[Line]] = {}
        self._clear_next = False

    def __len__(self) -> int:
        own = (self.cell is not None) + bool(self.hidden) + self._reader.is_open
        return own + len(self._head) + len(self._tail)

    def line(self, index: int) -> Line:
        """Line ``index``, 0-based: a heading, the beginning, the hidden count, the end, the line being written."""
        if self.cell is not None:
            if index == 0:
                return self._heading
            index -= 1
        if index < len(self._head):
            return self._head[index]
        index -= len(self._head)
        if self.hidden:
            if index == 0:
                return Line("hidden", text("ui.output.hidden", count=f"{self.hidden:,}"))
            index -= 1
        if index < len(self._tail):
            return self._tail[index]
        return Line(self._open_kind, self._reader.open_line)

    def lines(self) -> Iterator[Line]:
        """All lines in order."""
        return (self.line(index) for index in range(len(self)))

    def write(self, kind: LineKind, written: str) -> None:
        """Text as the program wrote it, in pieces of any size."""
        self._clear_if_asked()
        if not self._reader.is_open:
            self._open_kind = kind
        for line in self._reader.feed(written):
            self._add(Line(self._open_kind, line))
            self._open_kind = kind

    def show(self, kind: LineKind, shown: str, picture: Picture | None = None) -> list[Line]:
        """Whole lines, beginning on a line of their own; what was added."""
        self._clear_if_asked()
        self._end_open_line()
        reader = TerminalText()
        lines = reader.feed(shown)
        last = reader.finish()
        added = [Line(kind, line, None, picture) for line in (lines if last is None else [*lines, last])]
        for line in added:
            self._add(line)
        return added

    def display(
        self,
        shown: list[tuple[LineKind, str]],
        display_id: str | None,
        update: bool,
        picture: Picture | None = None,
    ) -> None:
        """A result; with ``update`` it takes the place of the earlier one of the same ``display_id``."""
        before = self._displays.get(display_id) if display_id and update else None
        if before:
            scratch = Block(None)
            fresh = [line for kind, part in shown for line in scratch.show(kind, part, picture)]
            if self._replace(before, fresh) and display_id:
                self._displays[display_id] = fresh
                return
        added = [line for kind, part in shown for line in self.show(kind, part, picture)]
        if display_id:
            self._displays[display_id] = added

    def clear(self, wait: bool) -> None:
        """``clear_output``: forgets what was shown, at once or (``wait``) when the next output comes."""
        self._clear_next = True
        if not wait:
            self._clear_if_asked()

    def finish(self) -> None:
        """No more will be written."""
        self._end_open_line()

    def _clear_if_asked(self) -> None:
        if self._clear_next:
            self._clear_next = False
            self._head.clear()
            self._tail.clear()
            self._displays.clear()
            self._head_size = self._tail_size = self.hidden = 0
            self._head_full = False
            self._reader = TerminalText()

    def _end_open_line(self) -> None:
        rest = self._reader.finish()
        if rest is not None:
            self._add(Line(self._open_kind, rest))

    def _add(self, line: Line) -> None:
        size = line.size
        if not self._head_full:
            if self._head_size + size <= HEAD_CHARACTERS and len(self._head) < HEAD_LINES:
                self._head.append(line)
                self._head_size += size
                return
            self._head_full = True
        self._tail.append(line)
        self._tail_size += size
        while self._tail_size > TAIL_CHARACTERS or len(self._tail) > TAIL_LINES:
            self._tail_size -= self._tail.popleft().size
            self.hidden += 1

    def _replace(self, before: list[Line], fresh: list[Line]) -> bool:
        """Puts ``fresh`` in the place of the lines ``before``; False where they are not there any more."""
        for lines in (self._head, list(self._tail)):
            at = next((index for index, line in enumerate(lines) if line is before[0]), None)
            if at is not None:
                lines[at : at + len(before)] = fresh
                self._head_size = sum(line.size for line in self._head)
                if lines is not self._head:
                    self._tail = deque(lines)
                    self._tail_size = sum(line.size for line in lines)
                return True
        return False


class OutputStore:
    """The blocks of all runs, oldest first; the oldest are dropped when there are too many."""

    def __init__(self) -> None:
        self.blocks: deque[Block] = deque()
        self.version = 0
        """Changes with every change of what is shown."""
        self._runs = 0
        self._picture: Picture | None = None
        self._wholes = WholePictures()
        self._length = (0, 0)

    def __len__(self) -> int:
        version, length = self._length
        if version != self.version:
            length = sum(map(len, self.blocks))
            self._length = (self.version, length)
        return length

    def line(self, index: int) -> Line:
        """Line ``index`` of everything, 0-based. Raises IndexError."""
        block, start = self._locate(index)
        return block.line(index - start)

    def block_of(self, index: int) -> Block:
        """The run that line ``index`` belongs to. Raises IndexError."""
        return self._locate(index)[0]

    def _locate(self, index: int) -> tuple[Block, int]:
        """The block of line ``index`` and the index of the block's first line."""
        end = len(self)
        # What is asked for is mostly near the end.
        for block in reversed(self.blocks) if 0 <= index < end else ():
            end -= len(block)
            if index >= end:
                return block, end
        raise IndexError(index)

    def begin(self, cell: int | None) -> Block:
        """A block for a run that begins."""
        self._runs += 1
        block = Block(cell, self._runs)
        self.blocks.append(block)
        lines = sum(map(len, self.blocks))
        while len(self.blocks) > MOST_BLOCKS or (len(self.blocks) > 1 and lines > MOST_LINES):
            lines -= len(self.blocks.popleft())
        self.version += 1
        return block

    def current(self) -> Block:
        """The block that output belongs to now; one of the lab's own where nothing ran yet."""
        return self.blocks[-1] if self.blocks else self.begin(None)

    def note(self, sentence: str) -> None:
        """A line of the lab's own, at the end."""
        block = self.blocks[-1] if self.blocks else None
        if block is None or (block.cell is not None and block.status != "running"):
            block = self.begin(None)
        block.show("note", sentence)
        self.version += 1

    def write(self, name: Literal["stdout", "stderr"], written: str) -> None:
        """Text of a stream."""
        self.current().write(name, written)
        self.version += 1

    def result(self, mime: Mapping[str, str], display_id: str | None, update: bool) -> None:
        """A result or something displayed."""
        shown = result_lines(mime)
        picture, self._picture = self._picture, None
        if any(kind == "image" for kind, _ in shown):
            picture = picture and self._wholes.keep(picture, mime)
        else:
            picture = None
        self.current().display(shown, display_id, update, picture)
        self.version += 1

    def picture(self, width: int, height: int, pixels: bytes) -> None:
        """What the result that comes next looks like; nothing where the numbers do not fit each other."""
        self._picture = small_picture(width, height, pixels)

    def clear(self, wait: bool) -> None:
        """``clear_output`` in the running cell."""
        self.current().clear(wait)
        self.version += 1

    def finish(self, status: CellStatus, seconds: float, error: CellError | None) -> None:
        """The running cell ended."""
        block = self.current()
        block.finish()
        block.status, block.seconds, block.error = status, seconds, error
        if error is not None:
            block.show("error", error.traceback.rstrip("\n") or f"{error.name}: {error.message}")
        self.version += 1

    def renumber(self, moved: Mapping[int, int]) -> None:
        """The cells have other numbers: ``moved`` has the new one of each that is still there, by the old."""
        for block in self.blocks:
            if block.cell is not None:
                block.cell = moved.get(block.cell, GONE)
        self.version += 1

    def row_of(self, cell: int) -> int | None:
        """Index of the first line of the latest run of ``cell``; None where it has not run."""
        end = len(self)
        for block in reversed(self.blocks):
            end -= len(block)
            if block.cell == cell:
                return end
        return None


def result_lines(mime: Mapping[str, str]) -> list[tuple[LineKind, str]]:
    """What is shown for a mimebundle: a note for an image, the plain text for all else."""
    for kind in ("image/png", "image/jpeg"):
        if kind in mime:
            return [("image", image_note(kind, mime[kind]))]
    return [("result", result_text(mime))]


def image_note(kind: str, encoded: str) -> str:
    """One line that says what an image in base64 is, for screens that show none."""
    size = f"{len(encoded) * 3 / 4 / 1024:.1f}"
    name = kind.partition("/")[2].upper()
    try:
        start = base64.b64decode(encoded[:64], validate=False)
        if start[12:16] == b"IHDR":
            width, height = struct.unpack(">II", start[16:24])
            return text("ui.output.image_sized", kind=name, width=width, height=height, size=size)
    except (binascii.Error, struct.error, ValueError):
        pass
    return text("ui.output.image", kind=name, size=size)
