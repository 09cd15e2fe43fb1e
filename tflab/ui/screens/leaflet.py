"""A page over the lab that any key closes: help and the welcome."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from textual import events
from textual.app import ComposeResult
from textual.containers import Container
from textual.geometry import Size
from textual.screen import ModalScreen

from tflab.messages import text
from tflab.ui.widgets.lines_view import LinesView, Page
from tflab.ui.widgets.rows import Row, pad, width_of, wrap

_FUNCTION_KEY: Final = re.compile(r"(ctrl|shift|alt)\+.+|f\d+")
_KEYS: tuple[tuple[str, str], ...] = (
    ("Ctrl+R", "run_step"),
    ("F5", "run_to_here"),
    ("Shift+F5", "restart_and_run"),
    ("Ctrl+C", "interrupt"),
    ("F3 F4", "steps"),
    ("F9 F6", "exercise"),
    ("F8 F7", "loop"),
    ("Alt+K", "knobs"),
    ("F2", "lesson_or_code"),
    ("F11 Ctrl+O", "maximise"),
    ("F12", "next_tab"),
    ("Alt+T G R H", "tabs"),
    ("Alt+C D X P", "more_tabs"),
    ("Alt+Z", "record"),
    ("Alt+O", "output"),
    ("Alt+← →", "resize"),
    ("Ctrl+P", "palette"),
    ("F10 Ctrl+Q", "quit"),
)
_EDITOR_KEYS: tuple[tuple[str, str], ...] = (
    ("Tab", "complete"),
    ("Ctrl+/", "comment"),
    ("Alt+↑ ↓", "move"),
    ("Alt+Shift+↓", "duplicate"),
    ("Ctrl+Z Y S", "undo"),
    ("Ctrl+F G", "find"),
    ("Alt+N", "next_mark"),
    ("Alt+L", "format"),
    ("Alt+I", "describe"),
    ("Alt+E", "edit_outside"),
    ("Esc", "leave"),
)
_CELL_KEYS: tuple[tuple[str, str], ...] = (("Alt+A V W U", "cells"),)
_CURVE_KEYS: tuple[tuple[str, str], ...] = (
    ("← → ⇧←→", "cross_hair"),
    ("Enter Esc", "pick"),
    ("+ - 0", "zoom"),
    ("L S", "log"),
    ("X O", "axis"),
    ("Space /", "alone"),
    ("E G", "everything"),
    ("R W", "runs"),
)
_KEY_WIDTH: Final = 12
_TWO_COLUMNS: Final = 72


class Leaflet(ModalScreen[str | None]):
    """Shows rows; a key or a click closes it. Its result is the key, where that means something in the lab."""

    DEFAULT_CSS = """
    Leaflet { align: center middle; background: $background 60%; }
    Leaflet > Container {
        width: 100%; max-width: 100; height: auto; max-height: 100%;
        border: round $accent; background: $background; padding: 0 1;
        border-title-color: $accent; border-subtitle-color: $text-muted;
    }
    Leaflet LinesView { height: 1fr; }
    """

    def __init__(self, title: str, page: Callable[[int], list[Row]]) -> None:
        super().__init__()
        self._title = title
        self._page = page

    def compose(self) -> ComposeResult:
        """A frame and the rows."""
        frame = Container()
        frame.border_title = self._title
        frame.border_subtitle = text("ui.leaflet.close")
        with frame:
            yield LinesView()

    def on_mount(self) -> None:
        """Shows the rows."""
        self._fit(self.app.size)
        view = self.query_one(LinesView)
        view.show_page(lambda width: Page([], self._page(width)))
        view.focus()

    def on_resize(self, event: events.Resize) -> None:
        """As high as the rows need."""
        self._fit(event.size)

    def _fit(self, size: Size) -> None:
        rows = self._page(max(10, min(100, size.width) - 5))
        frame = self.query_one(Container)
        frame.styles.height = min(size.height, len(rows) + 2)
        frame.border_subtitle = text("ui.leaflet.scroll" if len(rows) + 2 > size.height else "ui.leaflet.close")

    def on_key(self, event: events.Key) -> None:
        """Any key but those that scroll closes it; one with a meaning of its own in the lab is passed on."""
        if event.key not in ("up", "down", "pageup", "pagedown", "home", "end"):
            event.stop()
            passed_on = event.key != "f1" and _FUNCTION_KEY.match(event.key) is not None
            self.dismiss(event.key if passed_on else None)

    def on_click(self) -> None:
        """A click closes it, too."""
        self.dismiss(None)


def help_rows(width: int) -> list[Row]:
    """All keys on one page: two columns where there is room."""
    groups = [("lab", _KEYS), ("cells", _CELL_KEYS), ("editor", _EDITOR_KEYS), ("curves", _CURVE_KEYS)]
    half = width // 2
    # The left column ends before the right one begins.
    left_width, right_width = (width, width) if width < _TWO_COLUMNS else (half - 1, width - half)
    widths = [left_width, left_width, right_width, right_width]
    blocks = [_key_block(name, keys, room) for (name, keys), room in zip(groups, widths, strict=True)]
    if width < _TWO_COLUMNS:
        stacked = list(blocks[0])
        for block in blocks[1:]:
            stacked += [[], *block]
        return stacked
    left, right = [*blocks[0], [], *blocks[1]], [*blocks[2], [], *blocks[3]]
    rows: list[Row] = []
    for number in range(max(len(left), len(right))):
        row = left[number] if number < len(left) else []
        beside = right[number] if number < len(right) else []
        rows.append([*row, (" " * (half - width_of(row)), ""), *beside])
    return rows


def _key_block(name: str, keys: tuple[tuple[str, str], ...], width: int) -> list[Row]:
    rows: list[Row] = [[(text("ui.help.group." + name), "strong")]]
    for key, action in keys:
        rows += wrap([(pad(key, _KEY_WIDTH), "key"), (text("ui.help." + action), "")], width, indent=_KEY_WIDTH)
    return rows


def page_rows(page: str, width: int) -> list[Row]:
    """A page of plain text, its long lines wrapped."""
    rows: list[Row] = []
    for line in page.splitlines():
        row: Row = [(line, "")]
        rows += wrap(row, width, indent=2) if width_of(row) > width else [row]
    return rows


def welcome_rows(width: int) -> list[Row]:
    """What a newcomer needs to know, in a few lines."""
    rows: list[Row] = []
    for key in ("what", "read", "run", "look", "more"):
        if rows:
            rows.append([])
        head, _, rest = text("ui.welcome." + key).partition("|")
        rows += wrap([(head, "accent"), (rest, "")], width, indent=2)
    return rows
