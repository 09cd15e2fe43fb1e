"""The editor for a step's code: Textual's, with what Python needs and with marked lines."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region
from textual.strip import Strip
from textual.widgets import TextArea
from textual.widgets.text_area import Selection, TextAreaTheme

from tflab.ui.widgets import code_editing
from tflab.ui.widgets.code_editing import Edit

_DARK = TextAreaTheme(
    name="tflab-dark",
    gutter_style=Style(color="#5b616b"),
    cursor_style=Style(color="#101216", bgcolor="#e6e6e6"),
    cursor_line_style=Style(bgcolor="#22262d"),
    cursor_line_gutter_style=Style(color="#c9ced6", bgcolor="#22262d"),
    bracket_matching_style=Style(bgcolor="#3c4350", bold=True),
    selection_style=Style(bgcolor="#2f4a6b"),
    syntax_styles={
        "string": Style(color="#9ecb8b"),
        "string.documentation": Style(color="#9ecb8b"),
        "comment": Style(color="#7d8590", italic=True),
        "keyword": Style(color="#c8a3f2"),
        "keyword.function": Style(color="#c8a3f2"),
        "keyword.return": Style(color="#c8a3f2"),
        "operator": Style(color="#a9b2bf"),
        "number": Style(color="#f0b26b"),
        "float": Style(color="#f0b26b"),
        "boolean": Style(color="#f0b26b"),
        "constant.builtin": Style(color="#f0b26b"),
        "function": Style(color="#74b8f0"),
        "function.call": Style(color="#74b8f0"),
        "method": Style(color="#74b8f0"),
        "method.call": Style(color="#74b8f0"),
        "class": Style(color="#7fd4c8"),
        "type": Style(color="#7fd4c8"),
        "type.class": Style(color="#7fd4c8"),
        "decorator": Style(color="#e3c07a"),
    },
)
_LIGHT = TextAreaTheme(
    name="tflab-light",
    gutter_style=Style(color="#9aa0a8"),
    cursor_style=Style(color="#ffffff", bgcolor="#30343b"),
    cursor_line_style=Style(bgcolor="#eceff3"),
    cursor_line_gutter_style=Style(color="#40454d", bgcolor="#eceff3"),
    bracket_matching_style=Style(bgcolor="#cfd6df", bold=True),
    selection_style=Style(bgcolor="#bcd4f0"),
    syntax_styles={
        "string": Style(color="#3c6e24"),
        "string.documentation": Style(color="#3c6e24"),
        "comment": Style(color="#6b7280", italic=True),
        "keyword": Style(color="#7432a8"),
        "keyword.function": Style(color="#7432a8"),
        "keyword.return": Style(color="#7432a8"),
        "operator": Style(color="#454c57"),
        "number": Style(color="#a04b00"),
        "float": Style(color="#a04b00"),
        "boolean": Style(color="#a04b00"),
        "constant.builtin": Style(color="#a04b00"),
        "function": Style(color="#0f5ca8"),
        "function.call": Style(color="#0f5ca8"),
        "method": Style(color="#0f5ca8"),
        "method.call": Style(color="#0f5ca8"),
        "class": Style(color="#0b6e66"),
        "type": Style(color="#0b6e66"),
        "type.class": Style(color="#0b6e66"),
        "decorator": Style(color="#8a6100"),
    },
)


class CodeEditor(TextArea):
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
        Binding("ctrl+home", "go_to_end(False)", show=False),
        Binding("ctrl+end", "go_to_end(True)", show=False),
        Binding("ctrl+shift+home", "go_to_end(False, True)", show=False),
        Binding("ctrl+shift+end", "go_to_end(True, True)", show=False),
    ]

    def __init__(self, source: str, *, first_line: int = 1, id: str | None = None) -> None:
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
        self.register_theme(_DARK)
        self.register_theme(_LIGHT)
        self._marked: int | None = None

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
