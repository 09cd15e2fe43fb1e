"""The editor for Markdown: Textual's, with the lab's keys."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message

from tflab.ui.widgets.editor_themes import EDITOR_THEMES, editor_theme
from tflab.ui.widgets.long_text_area import LongTextArea


class TextEditor(LongTextArea):
    """Markdown that is edited."""

    DEFAULT_CSS = """
    TextEditor { border: none; padding: 0 1; height: 1fr; width: 1fr; background: transparent; }
    TextEditor:focus { border: none; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", show=False),
        Binding("ctrl+home", "go_to_end(False)", show=False),
        Binding("ctrl+end", "go_to_end(True)", show=False),
    ]

    class Left(Message):
        """Enough was written."""

    def __init__(self, source: str) -> None:
        super().__init__(source, soft_wrap=True, tab_behavior="indent", max_checkpoints=1000)
        for theme in EDITOR_THEMES:
            self.register_theme(theme)

    def on_mount(self) -> None:
        """Follows the app's theme."""
        self.watch(self.app, "theme", self._follow_theme)

    def _follow_theme(self) -> None:
        self.theme = editor_theme(self.app.current_theme.dark, self.app.console.color_system)

    def on_key(self, event: events.Key) -> None:
        """What Alt is pressed with is not meant to be written."""
        if event.key.startswith("alt+") or event.key == "escape":
            event.prevent_default()

    def put(self, source: str, cursor: tuple[int, int]) -> None:
        """Puts ``source`` in place of the text, as one step that undo takes back."""
        self.history.checkpoint()
        self.replace(source, self.document.start, self.document.end, maintain_selection_offset=False)
        self.history.checkpoint()
        self.move_cursor(cursor)

    def action_go_to_end(self, last: bool) -> None:
        """Puts the cursor at the last or first place of the text."""
        self.move_cursor(self.document.end if last else self.document.start)

    def action_leave(self) -> None:
        """Says that it is over."""
        self.post_message(self.Left())
