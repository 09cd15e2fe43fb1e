"""What cells wrote, and the line where a cell's ``input()`` is answered."""

from __future__ import annotations

import re
from functools import partial
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.selection import Selection
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Input

from tflab.messages import text
from tflab.protocol.events import InputRequested
from tflab.state.output import GONE, Block, Line, OutputStore
from tflab.state.terminal_text import plain
from tflab.ui.panels.empty import empty_page
from tflab.ui.placeholders import without_placeholders
from tflab.ui.terminal_pictures import PAUSE, TerminalPictures, pictures_of
from tflab.ui.widgets.figures import duration
from tflab.ui.widgets.half_blocks import picture_rows
from tflab.ui.widgets.lines_view import LinesView
from tflab.ui.widgets.rows import Row, spread, wrap

_SGR = re.compile(r"\x1b\[([0-9;]*)m")
_ROLES = {"stdout": "", "result": "", "stderr": "muted", "error": "error", "image": "muted", "note": "warning"}
_STATUS_MARKS = {
    "running": ("▶", "accent"),
    "ok": ("✓", "good"),
    "error": ("✗", "bad"),
    "interrupted": ("■", "warning-strong"),
    "timeout": ("■", "bad"),
    "killed": ("✗", "bad"),
}


_LEAST_PICTURE = 12
"""Rows that a picture gets in any case."""


class OutputLines:
    """An `OutputStore` as lines to draw."""

    def __init__(self, store: OutputStore, height: int, sharp: TerminalPictures | None = None) -> None:
        """``height`` is the rows that a picture may have: a line is only scrolled as a whole."""
        self._store = store
        self._height = max(_LEAST_PICTURE, height)
        self._sharp = sharp

    def __len__(self) -> int:
        return len(self._store)

    def rows(self, index: int, width: int, /) -> list[Row]:
        """One line of output, wrapped."""
        return output_rows(self._store.line(index), width, self._height, self._sharp)


def output_rows(
    line: Line, width: int, height: int = _LEAST_PICTURE, sharp: TerminalPictures | None = None
) -> list[Row]:
    """How a line of output is drawn, a picture in at most ``height`` rows; ``sharp`` where the terminal can."""
    if line.kind == "heading" and line.block is not None:
        return [_heading(line.block, width)]
    if line.kind == "hidden":
        return [[(f"⋮ {line.text}", "warning")]]
    role = _ROLES.get(line.kind, "")
    start = {"note": "» ", "image": "▣ "}.get(line.kind, "")
    if line.picture is not None:
        drawn = sharp.rows(line.picture, width, height - 1) if sharp is not None else None
        drawn = picture_rows(line.picture, width, height - 1) if drawn is None else drawn
        return [*wrap([(start + line.text, role)], width), *drawn]
    if "\x1b" not in line.text:
        return wrap([(start + line.text, role)], width, indent=len(start))
    row: Row = [(start, role)] if start else []
    pieces = _SGR.split(line.text)
    row.append((pieces[0], role))
    for params, piece in zip(pieces[1::2], pieces[2::2], strict=True):
        row.append((piece, f"sgr:{params}" if params else role))
    return wrap([span for span in row if span[0]], width)


def _heading(block: Block, width: int) -> Row:
    mark, role = _STATUS_MARKS[block.status]
    left: Row = [
        ("── ", "faint"),
        (mark + " ", role),
        (_name(block), "strong"),
        ("  ", ""),
    ]
    if block.status == "error" and block.error is not None:
        left.append((text("ui.output.failed", name=plain(block.error.name)), "bad"))
        if block.error.line is not None:
            left.append((" · " + text("ui.line", line=block.error.line), "muted"))
    else:
        left.append((text("ui.output.status." + block.status), "muted"))
    right: Row = [] if block.status == "running" else [(duration(block.seconds), "muted")]
    room = width - sum(len(part) for part, _ in [*left, *right]) - 2
    return spread([*left, (" " + "─" * max(0, room - 1), "faint")], right, width)


def _name(block: Block) -> str:
    if block.cell == GONE:
        return text("ui.output.gone")
    return text("ui.output.step", step=(block.cell or 0) + 1)


class OutputView(LinesView):
    """The lines of an output, with the pictures that a terminal draws itself."""

    _tried_again: Timer | None = None

    def came_in_sight(self, rows: list[tuple[int, Row]], /) -> None:
        """The terminal has the pictures in sight, and no others."""
        sharp = pictures_of(self.app)
        if sharp is not None and sharp.show([row for _, row in rows]) and self._tried_again is None:
            self._tried_again = self.set_timer(PAUSE, self._try_again)

    def _try_again(self) -> None:
        self._tried_again = None
        self.redraw()

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """The selected text; a picture is none."""
        selected = super().get_selection(selection)
        return selected and (without_placeholders(selected[0]), selected[1])


class AnswerLine(Input):
    """Where a running cell's ``input()`` is answered."""

    DEFAULT_CSS = """
    AnswerLine { height: 1; border: none; padding: 0 1; background: $boost; }
    AnswerLine:focus { border: none; background: $boost; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "give_up", show=False),
        Binding("ctrl+d", "end_input", show=False),
    ]

    class GivenUp(Message):
        """The person does not want to answer."""

    class Ended(Message):
        """There are no more lines: the end of the file, to the cell."""

    def action_end_input(self) -> None:
        """On an empty line the end of the input, as in a terminal; else deletes the next letter."""
        if self.value:
            self.action_delete_right()
        else:
            self.post_message(self.Ended())

    def action_give_up(self) -> None:
        """Says so."""
        self.post_message(self.GivenUp())


class OutputPane(Vertical):
    """Shows an `OutputStore`; asks for a line when a cell waits for one."""

    DEFAULT_CSS = """
    OutputPane AnswerLine { display: none; }
    OutputPane.-asking AnswerLine { display: block; }
    """

    class Answered(Message):
        """A line was typed for the cell."""

        def __init__(self, line: str | None) -> None:
            super().__init__()
            self.line = line
            """None for the end of the input."""

    class ErrorClicked(Message):
        """A line of a traceback or of a failed step's heading was clicked."""

        def __init__(self, block: Block) -> None:
            super().__init__()
            self.block = block

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.request: InputRequested | None = None
        """What the cell waits for; None where it does not."""
        self.lines = OutputView(follow=True, id="output-lines")
        self._answer = AnswerLine(id="answer")
        self._store: OutputStore | None = None
        self._shown = (-1, 0)
        """The version in sight and for how many rows."""

    def compose(self) -> ComposeResult:
        """The lines above the answer."""
        yield self.lines
        yield self._answer

    def show_output(self, store: OutputStore) -> None:
        """Shows this output; to be called when it has changed."""
        shown = (store.version, self.lines.size.height)
        if store is not self._store or shown != self._shown:
            self._store, self._shown = store, shown
            if len(store):
                self.lines.show(OutputLines(store, self.lines.size.height, pictures_of(self.app)))
            else:
                self.lines.show_page(partial(empty_page, text("ui.output.empty"), text("ui.output.empty_hint")))

    def is_answered_in(self, widget: Widget | None) -> bool:
        """Whether ``widget`` is the line that answers are typed in."""
        return widget is self._answer

    def show_request(self, request: InputRequested | None) -> None:
        """Asks for a line, or stops asking."""
        if request is self.request:
            return
        self.request = request
        self.set_class(request is not None, "-asking")
        if request is not None:
            self._answer.password = request.secret
            self._answer.placeholder = plain(request.prompt) or text("ui.output.answer")
            self._answer.clear()
            self.screen.set_focus(self._answer)

    @on(Input.Submitted, "#answer")
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.post_message(self.Answered(event.value))

    @on(AnswerLine.Ended)
    def _ended(self, event: AnswerLine.Ended) -> None:
        event.stop()
        self.post_message(self.Answered(None))

    @on(LinesView.LineClicked)
    def _clicked(self, event: LinesView.LineClicked) -> None:
        event.stop()
        if self._store is not None and event.index < len(self._store):
            line = self._store.line(event.index)
            block = self._store.block_of(event.index)
            if block.error is not None and line.kind in ("error", "heading"):
                self.post_message(self.ErrorClicked(block))

    def on_focus(self, event: events.Focus) -> None:
        """The lines take the keys."""
        self.screen.set_focus(self.lines)
