"""The prose of the step, as Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.message import Message

from tflab.messages import text

if TYPE_CHECKING:
    from textual.widgets import Markdown

    from tflab.ui.widgets.text_editor import TextEditor


class ProsePane(VerticalScroll, can_focus=True):
    """Shows Markdown that scrolls."""

    DEFAULT_CSS = """
    ProsePane { scrollbar-size-vertical: 1; }
    ProsePane Markdown { padding: 0 1; margin: 0; background: transparent; }
    ProsePane MarkdownH1 { content-align: left middle; margin: 0 0 1 0; background: transparent; }
    ProsePane MarkdownH2 { margin: 0 0 1 0; }
    ProsePane MarkdownFence { margin: 0 0 1 0; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "page_down", show=False),
        Binding("enter", "edit", show=False),
    ]

    class EditWanted(Message):
        """The text is to be edited."""

    def action_edit(self) -> None:
        """Asks for that."""
        self.post_message(self.EditWanted())

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._markdown: Markdown | None = None
        self.editor: TextEditor | None = None
        """Where the text is being edited; None while it is read."""

    def edit(self, source: str) -> TextEditor:
        """Shows ``source`` to be edited."""
        from tflab.ui.widgets.text_editor import TextEditor

        editor = self.editor = TextEditor(source)
        if self._markdown is not None:
            self._markdown.display = False
        self.mount(editor)
        self.scroll_home(animate=False)
        return editor

    def leave_editor(self) -> None:
        """Shows the text to be read again."""
        if self.editor is not None:
            self.editor.remove()
            self.editor = None
        if self._markdown is not None:
            self._markdown.display = True

    def on_focus(self, event: events.Focus) -> None:
        """The editor takes the keys."""
        if self.editor is not None:
            self.screen.set_focus(self.editor)

    async def show_prose(self, prose: str) -> None:
        """Shows ``prose`` from its beginning."""
        # Imported with the first prose: it is not needed for the code to be there.
        from textual.widgets import Markdown

        prose = prose if prose.strip() else text("ui.prose.empty")
        if self._markdown is None:
            self._markdown = Markdown(prose, open_links=False)
            await self.mount(self._markdown)
        else:
            await self._markdown.update(prose)
        self.scroll_home(animate=False)

    async def add_to_prose(self, prose: str) -> None:
        """Shows ``prose``, which goes on where the one in sight ends, from its end."""
        if self._markdown is None:
            await self.show_prose(prose)
        else:
            await self._markdown.update(prose)
        self.scroll_end(animate=False)
