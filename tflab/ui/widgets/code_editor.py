"""The editor for a step's code: Textual's, with what Python needs and with marked lines."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widgets.text_area import Selection

from tflab.ui.widgets import code_editing
from tflab.ui.widgets.code_editing import Edit
from tflab.ui.widgets.completion_list import CompletionList, Offer
from tflab.ui.widgets.editor_themes import DARK, LIGHT
from tflab.ui.widgets.long_text_area import LongTextArea


class CodeEditor(LongTextArea):
    """Python source that is edited."""

    DEFAULT_CSS = """
    CodeEditor { border: none; padding: 0; height: 1fr; width: 1fr; background: transparent; }
    CodeEditor:focus { border: none; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+underscore,ctrl+slash", "toggle_comment", show=False),
        Binding("alt+up", "move_rows(False)", show=False),
        Binding("alt+down", "move_rows(True)", show=False),
        Binding("alt+shift+down,ctrl+shift+d", "duplicate_rows", show=False),
        Binding("shift+tab", "dedent", show=False),
        Binding("ctrl+at,ctrl+space", "complete", show=False),
        Binding("ctrl+home", "go_to_end(False)", show=False),
        Binding("ctrl+end", "go_to_end(True)", show=False),
        Binding("ctrl+shift+home", "go_to_end(False, True)", show=False),
        Binding("ctrl+shift+end", "go_to_end(True, True)", show=False),
    ]

    class CompletionWanted(Message):
        """Which names could stand at the cursor?"""

        def __init__(self, source: str, position: int) -> None:
            super().__init__()
            self.source = source
            self.position = position

    def __init__(self, source: str, *, completions: CompletionList, first_line: int = 1, id: str | None = None) -> None:
        """``completions`` is the list that shows what could stand at the cursor."""
        super().__init__(
            source,
            language="python",
            soft_wrap=True,
            tab_behavior="indent",
            show_line_numbers=True,
            line_number_start=first_line,
            id=id,
        )
        self.indent_width = code_editing.INDENT
        self.register_theme(DARK)
        self.register_theme(LIGHT)
        self._marked: int | None = None
        self._completions = completions
        self._offer: Offer | None = None

    def on_mount(self) -> None:
        """Follows the app's theme."""
        self.watch(self.app, "theme", self._follow_theme)

    def _follow_theme(self) -> None:
        self.theme = "tflab-dark" if self.app.current_theme.dark else "tflab-light"

    # --- marks --------------------------------------------------------------------------------------------------

    def mark(self, line: int | None) -> None:
        """Marks the 1-based ``line`` of this text as the one that failed; None takes the mark away."""
        row = None if line is None else line - 1
        if row is not None and not 0 <= row < self.document.line_count:
            row = None
        if row != self._marked:
            self._marked = row
            self._line_cache.clear()
            self.refresh()
            if row is not None:
                y = self.wrapped_document.location_to_offset((row, 0)).y
                self.scroll_to_region(Region(0, y, 1, 1), animate=False)

    @property
    def marked_line(self) -> int | None:
        """The 1-based line that is marked."""
        return None if self._marked is None else self._marked + 1

    def go_to(self, line: int) -> None:
        """Puts the cursor at the beginning of the code of the 1-based ``line``."""
        row = min(max(0, line - 1), self.document.line_count - 1)
        source = self.document.get_line(row)
        self.move_cursor((row, len(code_editing.indentation(source))), center=True)

    def get_line(self, line_index: int) -> Text:
        """The line, underlined where it is marked."""
        line = super().get_line(line_index)
        if line_index == self._marked:
            line.stylize(Style(underline=True, bold=True))
        return line

    def render_line(self, y: int) -> Strip:
        """Draws a cross in the gutter of the marked line."""
        strip = super().render_line(y)
        at = y + self.scroll_offset[1]
        if self._marked is None or not 0 <= at < self.wrapped_document.height:
            return strip
        if self.wrapped_document.offset_to_location((0, at))[0] != self._marked:  # type: ignore[arg-type]
            return strip
        before, _, after = strip.divide([self.gutter_width - 1, self.gutter_width, strip.cell_length])
        colour = self.app.theme_variables.get("error", "red")
        return Strip.join([before, Strip([Segment("✗", Style(color=colour, bold=True))]), after])

    # --- typing -------------------------------------------------------------------------------------------------

    async def on_key(self, event: events.Key) -> None:
        """Enter, brackets, quotes, Tab and Backspace as one expects of Python; other keys in the order of typing."""
        lines, (start, end) = self.document.lines, (min(self.selection), max(self.selection))
        edit: Edit | None = None
        if self._completions.is_open and self._complete_by(event.key):
            event.stop()
            event.prevent_default()
            return
        if event.key == "tab" and start == end and self._in_word(start):
            event.stop()
            event.prevent_default()
            self.action_complete()
            return
        if event.key == "enter":
            edit = code_editing.new_line(lines, start, end)
        elif event.key == "backspace" and start == end:
            edit = code_editing.backspace(lines, start)
        elif event.key == "tab" and start[0] != end[0]:
            edit = code_editing.shift_rows(lines, *self.selection, deeper=True)
        elif event.is_printable and event.character:
            edit = code_editing.typed(event.character, lines, start, end)
        if edit is not None:
            event.stop()
            event.prevent_default()
            self._apply(edit)
        elif not event.is_printable:
            await self._act_on(event)

    async def _act_on(self, event: events.Key) -> None:
        """Runs the binding of a key here and now.

        Textual would run it once the key has bubbled up to the application, by when letters typed after it are in
        the text already.
        """
        for binding in self._bindings.key_to_bindings.get(event.key, ()):
            event.stop()
            event.prevent_default()
            await self.run_action(binding.action)

    # --- completion ---------------------------------------------------------------------------------------------

    def action_complete(self) -> None:
        """Asks what could stand at the cursor."""
        self.post_message(self.CompletionWanted("\n".join(self.document.lines), self._position))

    def offer(self, start: int, names: Sequence[tuple[str, str]]) -> None:
        """The answer: names for the word that begins at offset ``start``. The only one that fits is taken at once."""
        self._offer = Offer(start, tuple(names))
        fitting = self._offer.fitting("\n".join(self.document.lines), self._position)
        if len(fitting) == 1 and start < self._position:
            self._take(fitting[0][0])
        else:
            self._show_fitting()

    def take(self) -> None:
        """The marked name takes the place of the word."""
        if self._completions.is_open:
            self._take(self._completions.chosen)

    @property
    def _position(self) -> int:
        """Offset of the cursor in the source."""
        return code_editing.offset_of(self.document.lines, self.cursor_location)

    @property
    def _word(self) -> str:
        """What is there of the word that is completed."""
        source = "\n".join(self.document.lines)
        return source[self._offer.start : self._position] if self._offer else ""

    def _in_word(self, at: code_editing.Position) -> bool:
        before = self.document.get_line(at[0])[: at[1]]
        return before[-1:].isidentifier() or (before[-1:] == "." and before[-2:-1] not in ("", " ", "."))

    def _show_fitting(self) -> None:
        fitting = [] if self._offer is None else self._offer.fitting("\n".join(self.document.lines), self._position)
        if not fitting:
            self._offer = None
        self._completions.show(fitting, self.cursor_screen_offset)

    def _complete_by(self, key: str) -> bool:
        """Lets a key act on the list; False where it means what it always does."""
        if key in ("up", "down", "pageup", "pagedown"):
            self._completions.move({"up": -1, "down": 1, "pageup": -8, "pagedown": 8}[key])
        elif key == "escape":
            self._close_completions()
        elif key in ("enter", "tab"):
            if key == "enter" and self._word == self._completions.chosen:
                self._close_completions()
                return False
            self.take()
        else:
            return False
        return True

    def _take(self, name: str) -> None:
        if self._offer is not None:
            start = code_editing.position_of(self.document.lines, self._offer.start)
            self._close_completions()
            self.replace(name, start, self.cursor_location, maintain_selection_offset=False)
            self.move_cursor((start[0], start[1] + len(name)))

    def _close_completions(self) -> None:
        self._offer = None
        self._completions.show([], self.cursor_screen_offset)

    def on_text_area_selection_changed(self) -> None:
        """The list follows the cursor while it is in the word."""
        if self._completions.is_open:
            self._show_fitting()

    def on_text_area_changed(self) -> None:
        """A dot asks for what could follow it."""
        row, column = self.cursor_location
        before = self.document.get_line(row)[:column]
        if before.endswith(".") and self.has_focus and before[-2:-1].isidentifier():
            self.action_complete()

    def on_blur(self) -> None:
        """The list belongs to the editor that has the keys."""
        if self._completions.is_open:
            self._close_completions()

    # --- edits --------------------------------------------------------------------------------------------------

    def _apply(self, edit: Edit) -> None:
        if edit.text or edit.start != edit.end:
            self.replace(edit.text, edit.start, edit.end, maintain_selection_offset=False)
        self.selection = Selection(edit.anchor, edit.cursor)
        self.scroll_cursor_visible()

    def _edit_rows(self, change: Callable[..., Edit | None], *arguments: bool) -> None:
        edit = change(self.document.lines, *self.selection, *arguments)
        if edit is not None:
            self._apply(edit)

    def action_go_to_end(self, last: bool, select: bool = False) -> None:
        """Puts the cursor at the last or first place of the code, with ``select`` extending the selection."""
        self.move_cursor(self.document.end if last else self.document.start, select=select)

    def action_toggle_comment(self) -> None:
        """Comments the selected rows out or in."""
        self._edit_rows(code_editing.toggle_comment)

    def action_move_rows(self, down: bool) -> None:
        """Moves the selected rows."""
        self._edit_rows(code_editing.move_rows, down)

    def action_duplicate_rows(self) -> None:
        """Copies the selected rows below."""
        self._edit_rows(code_editing.duplicate_rows)

    def action_dedent(self) -> None:
        """Moves the selected rows one tab stop to the left."""
        self._edit_rows(code_editing.shift_rows, False)
