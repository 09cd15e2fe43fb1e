"""The strip of the inspector's tabs: all of them where there is room, else whole ones around the active one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message

from tflab.messages import text
from tflab.ui.tabs import TabName
from tflab.ui.widgets.bar import Bar, Part
from tflab.ui.widgets.rows import Row, width_of


class TabStrip(Bar, can_focus=True):
    """The tabs; left and right go through them."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "go(-1)", show=False),
        Binding("right", "go(1)", show=False),
    ]

    class Moved(Message):
        """The tab to the left (-1) or right (1) is wanted."""

        def __init__(self, by: int) -> None:
            super().__init__()
            self.by = by

    def action_go(self, by: int) -> None:
        """Asks for a neighbour."""
        self.post_message(self.Moved(by))

    class Resized(Message):
        """There is room for more tabs, or for fewer."""

    def on_resize(self) -> None:
        """Says so."""
        self.post_message(self.Resized())


def strip_parts(tabs: Sequence[tuple[TabName, str]], active: TabName, width: int) -> list[Part]:
    """The tabs, each a name and its mark (empty for none), in at most ``width`` cells; 0 is a width not known yet.

    Where not all fit they move together; where that is not enough, whole tabs are left out at the ends, and an arrow
    stands for them with their marks: a click on it goes to the nearest.
    """
    parts = [_part(name, badge, name == active, airy=True) for name, badge in tabs]
    if width <= 0 or _width(parts) <= width:
        return parts
    parts = [_part(name, badge, name == active, airy=False) for name, badge in tabs]
    if _width(parts) <= width:
        return parts
    at = next((index for index, (name, _) in enumerate(tabs) if name == active), 0)
    first, last = 0, len(tabs)

    def shown() -> list[Part]:
        before = [_arrow("‹", tabs[first - 1][0], [badge for _, badge in tabs[:first]])] if first else []
        after = [_arrow("›", tabs[last][0], [badge for _, badge in tabs[last:]])] if last < len(tabs) else []
        return [*before, *parts[first:last], *after]

    while _width(shown()) > width and last > at + 1:
        last -= 1
    while _width(shown()) > width and first < at:
        first += 1
    while last < len(tabs):
        last += 1
        if _width(shown()) > width:
            last -= 1
            break
    return shown()


def _width(parts: Sequence[Part]) -> int:
    return sum(width_of(part.row) for part in parts)


def _part(name: TabName, badge: str, active: bool, *, airy: bool) -> Part:
    row: Row = [(" ", ""), (text("ui.tab." + name), "tab" if active else "muted")]
    if badge:
        row.append((f" {badge}" if airy else badge, "warning-strong"))
    return Part([*row, (" ", "")] if airy else row, name)


def _arrow(arrow: str, name: TabName, badges: Sequence[str]) -> Part:
    marks = "".join(badges)
    row: Row = [(f" {arrow}" if arrow == "›" else arrow, "muted")]
    return Part([*row, (marks, "warning-strong")] if marks else row, name)
