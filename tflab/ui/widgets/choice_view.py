"""Lines of which one is chosen: the keys move the choice, Enter or a click takes it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message
from textual.strip import Strip

from tflab.ui.widgets.lines_view import LinesView, Page
from tflab.ui.widgets.palette import palette_of
from tflab.ui.widgets.rows import Row, text_of


@dataclass(frozen=True)
class ChoicePage(Page):
    """Rows some of which can be chosen."""

    keys: dict[int, str] = field(default_factory=dict)
    """What a row stands for, by its index; rows without a key cannot be chosen."""


class ChoiceView(LinesView):
    """Shows a `ChoicePage`."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "choose(-1)", show=False),
        Binding("down", "choose(1)", show=False),
        Binding("pageup", "choose_page(-1)", show=False),
        Binding("pagedown", "choose_page(1)", show=False),
        Binding("home", "choose_end(0)", show=False),
        Binding("end", "choose_end(-1)", show=False),
        Binding("enter", "take", show=False),
    ]

    class Taken(Message):
        """A row was taken, by Enter or a click."""

        def __init__(self, view: ChoiceView, key: str) -> None:
            super().__init__()
            self.view = view
            self.key = key

        @property
        def control(self) -> ChoiceView:
            """The view."""
            return self.view

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._keys: dict[int, str] = {}
        self._chosen: str | None = None

    def show_choices(self, make: Callable[[int], ChoicePage]) -> None:
        """As `show_page`; the choice stays with its key."""

        def made(width: int) -> Page:
            page = make(width)
            self._keys = page.keys
            return page

        self.show_page(made)

    @property
    def chosen(self) -> str | None:
        """The key of the chosen row, the first where none was chosen yet; None where there is none."""
        self._visible()
        if self._chosen in self._keys.values():
            return self._chosen
        return next(iter(self._keys.values()), None)

    def choose(self, key: str) -> None:
        """Chooses the row of ``key`` and brings it into sight."""
        self._chosen = key
        self._visible()
        line = next((line for line, known in self._keys.items() if known == key), None)
        if line is not None:
            if line < self._top:
                self.go_to_line(line)
            elif line >= self._top + self._height:
                self.go_to_line(line - self._height + 1)
        self._changed()

    def action_choose(self, by: int) -> None:
        """The row ``by`` places below."""
        keys = self._ordered()
        if not keys:
            self.action_scroll_lines(by)
            return
        at = keys.index(str(self.chosen)) + by
        self.choose(keys[max(0, min(at, len(keys) - 1))])
        if at < 0:
            # What stands above the first row.
            self.go_to_line(0)

    def action_choose_page(self, pages: int) -> None:
        """A screenful below."""
        self.action_choose(pages * max(1, self._height - 1))

    def action_choose_end(self, index: int) -> None:
        """The first or the last row."""
        keys = self._ordered()
        if keys:
            self.choose(keys[index])

    def action_take(self) -> None:
        """Says which row is chosen."""
        if (chosen := self.chosen) is not None:
            self.post_message(self.Taken(self, chosen))

    def on_lines_view_line_clicked(self, event: LinesView.LineClicked) -> None:
        """A click takes a row."""
        key = self._keys.get(event.index)
        if event.view is self and key is not None:
            event.stop()
            self.choose(key)
            self.action_take()

    def _ordered(self) -> list[str]:
        self._visible()
        return [key for _, key in sorted(self._keys.items())]

    def render_line(self, y: int) -> Strip:
        """As any line, the chosen one reversed while the view has the keys."""
        strip = super().render_line(y)
        if not self.has_focus:
            return strip
        chosen, visible = self.chosen, self._visible()
        at = y - len(self._header)
        if chosen is not None and 0 <= at < len(visible) and self._keys.get(visible[at][0]) == chosen:
            # In one look: parts that are muted elsewhere would stand out where the row is reversed.
            row: Row = [(text_of(visible[at][1]), "")]
            whole = palette_of(self.app).strip(row, self.text_width, self.rich_style)
            filled = whole.apply_style(palette_of(self.app).style("chosen"))
            return Strip.join([filled, strip.crop(self.text_width)])
        return strip

    def on_focus(self) -> None:
        """The choice is seen."""
        self.refresh()

    def on_blur(self) -> None:
        """The choice is not seen."""
        self.refresh()
