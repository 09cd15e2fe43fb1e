"""A container that puts its children where it is told, cell by cell."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from textual.geometry import NULL_OFFSET, NULL_SPACING, Region, Size
from textual.layout import ArrangeResult, Layout, WidgetPlacement
from textual.widget import Widget

from tflab.ui.arrangement import Place


class _Placed(Layout):
    """Places children by their id; those without a place are not shown."""

    name = "placed"

    def __init__(self) -> None:
        self.places: Mapping[str, Place] = {}

    def arrange(self, parent: Widget, children: list[Widget], size: Size, greedy: bool = True) -> ArrangeResult:
        """The placements of the children that have a place."""
        return [
            WidgetPlacement(Region(*place), NULL_OFFSET, NULL_SPACING, child)
            for child in children
            if (place := self.places.get(child.id or "")) is not None
        ]


class Panes(Widget):
    """Children in the rectangles given by `place`."""

    DEFAULT_CSS = """
    Panes { height: 1fr; width: 1fr; }
    """

    def __init__(self, *children: Widget, id: str | None = None) -> None:
        super().__init__(*children, id=id)
        self._placed = _Placed()

    @property
    def layout(self) -> Layout:
        """The placement given by `place`."""
        return self._placed

    def place(self, places: Mapping[Any, Place]) -> None:
        """Puts each child with an id in ``places`` there and hides the others."""
        if places == self._placed.places:
            return
        self._placed.places = dict(places)
        for child in self.children:
            child.display = child.id in places
        self._clear_arrangement_cache()
        self.refresh(layout=True)
