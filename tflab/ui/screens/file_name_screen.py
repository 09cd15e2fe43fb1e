"""Asks for the name of a file to save to."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Input, Static

from tflab.curriculum.document import Document
from tflab.messages import text
from tflab.state.terminal_text import plain
from tflab.ui.screens.page import Page

SaveTo = Callable[[str, bool], tuple[Document | None, str, bool]]
"""Saves under a name, in place of another file where that is true: the document, what is wrong, and whether it would
work in place of the file that has the name."""


class FileNameScreen(Page[Document | None]):
    """Answers with the document that was saved, or None where it was not."""

    DEFAULT_CSS = """
    FileNameScreen { align: center middle; background: $background 60%; }
    FileNameScreen > Vertical {
        width: 72; max-width: 100%; height: auto;
        border: round $accent; background: $background;
        border-title-color: $accent; border-subtitle-color: $text-muted;
    }
    FileNameScreen Input { height: 1; border: none; padding: 0 1; background: $background; }
    FileNameScreen Input:focus { border: none; background: $background; }
    FileNameScreen Static { padding: 0 1; color: $error; height: auto; display: none; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", show=False)]

    def __init__(self, save: SaveTo) -> None:
        super().__init__()
        self._save = save
        self._refused = ""
        """The name of a file that is there and may be replaced."""

    def compose(self) -> ComposeResult:
        """A line to type in, and below it what is wrong with what was typed."""
        frame = Vertical()
        frame.border_title = text("ui.file_name.title")
        frame.border_subtitle = text("ui.file_name.keys")
        with frame:
            yield Input(placeholder=text("ui.file_name.placeholder"))
            yield Static()

    def action_leave(self) -> None:
        """Nothing is saved."""
        self.dismiss(None)

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        if event.value.strip() != self._refused:
            self._refused = ""
            self.query_one(Static).display = False

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        name = event.value.strip()
        if not name:
            return
        document, wrong, is_there = self._save(name, name == self._refused)
        if document is not None:
            self.dismiss(document)
            return
        self._refused = name if is_there else ""
        line = self.query_one(Static)
        line.update(Text(plain(wrong)))
        line.display = True
