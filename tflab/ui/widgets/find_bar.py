"""One row to type in below the code: what to look for and what to put there, or the line to go to."""

from __future__ import annotations

from typing import ClassVar, Literal

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input

from tflab.messages import text
from tflab.ui.widgets.bar import Bar, Part
from tflab.ui.widgets.rows import width_of

Purpose = Literal["find", "line"]


class FindBar(Horizontal):
    """Says what was typed in it; whoever has the text finds and replaces."""

    DEFAULT_CSS = """
    FindBar { display: none; height: 1; dock: bottom; background: $panel; }
    FindBar Input, FindBar Input:focus { height: 1; border: none; padding: 0 1; background: $boost; width: 1fr; }
    FindBar #replacement { margin-left: 1; }
    FindBar Bar { width: auto; min-width: 8; max-width: 34; }
    FindBar.-line #replacement { display: none; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", show=False),
        Binding("down", "go(False)", show=False),
        Binding("up", "go(True)", show=False),
        Binding("tab,shift+tab", "other_field", show=False),
        Binding("alt+a", "replace_all", show=False),
    ]

    class Typed(Message):
        """The query has changed."""

        def __init__(self, query: str) -> None:
            super().__init__()
            self.query = query

    class Went(Message):
        """To the next match, or to the one before."""

        def __init__(self, backwards: bool) -> None:
            super().__init__()
            self.backwards = backwards

    class Replaced(Message):
        """The match at the cursor, or every match, is to become ``replacement``."""

        def __init__(self, replacement: str, everywhere: bool) -> None:
            super().__init__()
            self.replacement = replacement
            self.everywhere = everywhere

    class LineWanted(Message):
        """A line was asked for by its number."""

        def __init__(self, line: int) -> None:
            super().__init__()
            self.line = line

    class Closed(Message):
        """Nothing more is looked for."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._query = Input(id="query", select_on_focus=True)
        self._replacement = Input(id="replacement")
        self._count = Bar(id="find-count")
        self.purpose: Purpose = "find"

    def compose(self) -> ComposeResult:
        """Two fields and how many there are."""
        yield self._query
        yield self._replacement
        yield self._count

    @property
    def is_open(self) -> bool:
        """Whether it is in sight."""
        return bool(self.display)

    @property
    def query_text(self) -> str:
        """What is looked for."""
        return self._query.value

    def open(self, purpose: Purpose, query: str = "") -> None:
        """Comes into sight and takes the keys; ``query`` is looked for where it is not empty."""
        self.purpose = purpose
        self.set_class(purpose == "line", "-line")
        self._query.placeholder = text("ui.find.line" if purpose == "line" else "ui.find.query")
        self._replacement.placeholder = text("ui.find.replacement")
        if purpose == "line":
            self._query.value = ""
        elif query:
            self._query.value = query
        self.display = True
        self.screen.set_focus(self._query)
        self.post_message(self.Typed(self._query.value))

    def close(self) -> None:
        """Goes out of sight."""
        self.display = False

    def show_count(self, number: int | None, total: int) -> None:
        """Which match of how many is selected."""
        if self.purpose == "line":
            parts = [Part([(" " + text("ui.find.lines", count=total) + " ", "muted")])]
        elif not self._query.value:
            parts = []
        elif not total:
            parts = [Part([(" " + text("ui.find.nothing") + " ", "warning")])]
        else:
            parts = [
                Part([(f" {'–' if number is None else number + 1}/{total}", "strong")]),
                Part([("  ↑", "key")], "previous"),
                Part([(" ↓ ", "key")], "next"),
                Part([(" " + text("ui.find.all") + " ", "key")], "all"),
            ]
        self._count.show(parts)
        self._count.styles.width = max(8, 1 + sum(width_of(part.row) for part in parts))

    # --- keys and clicks ----------------------------------------------------------------------------------------

    def action_close(self) -> None:
        """Says that it is over."""
        self.post_message(self.Closed())

    def action_go(self, backwards: bool) -> None:
        """Asks for another match."""
        self.post_message(self.Went(backwards))

    def action_other_field(self) -> None:
        """From the one field to the other."""
        if self.purpose == "find":
            self.screen.set_focus(self._replacement if self.screen.focused is self._query else self._query)

    def action_replace_all(self) -> None:
        """Asks for every match to be replaced."""
        if self.purpose == "find":
            self.post_message(self.Replaced(self._replacement.value, True))

    @on(Input.Changed, "#query")
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        if self.is_open:
            self.post_message(self.Typed(event.value))

    @on(Input.Submitted, "#query")
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if self.purpose == "find":
            self.action_go(False)
        elif event.value.strip().isdecimal():
            self.post_message(self.LineWanted(int(event.value)))
        else:
            self.action_close()

    @on(Input.Submitted, "#replacement")
    def _replace(self, event: Input.Submitted) -> None:
        event.stop()
        self.post_message(self.Replaced(event.value, False))

    @on(Input.Changed, "#replacement")
    def _replacement_typed(self, event: Input.Changed) -> None:
        event.stop()

    @on(Bar.Pressed)
    def _pressed(self, event: Bar.Pressed) -> None:
        event.stop()
        if event.name == "all":
            self.action_replace_all()
        else:
            self.action_go(event.name == "previous")
