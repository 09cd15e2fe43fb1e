"""Jupyter's widgets as text that follows them: a progress bar moves, a slider shows its value.

A notebook's page draws a widget and hears of every change by itself; where there is no page, what was displayed would
stay as it was. So the text of a widget that is in sight is shown anew when anything in it has changed.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping
from typing import Any, Final

VIEW: Final = "application/vnd.jupyter.widget-view+json"
INTERVAL: Final = 0.1
"""Seconds between two texts of one widget while it changes all the time."""
MOST_SHOWN: Final = 200
"""Widgets that are followed; the oldest are left as they are."""

Show = Callable[[str, dict[str, Any]], None]
"""Shows a bundle of data in place of what was displayed under an id."""


class WidgetTexts:
    """The widgets that a session has displayed."""

    def __init__(self, show: Show, clock: Callable[[], float] = time.monotonic) -> None:
        """``clock`` gives seconds."""
        self._show = show
        self._clock = clock
        self._shown: dict[str, _Shown] = {}

    def displayed(self, data: Mapping[str, Any]) -> str | None:
        """The id under which ``data`` is to be displayed so that it can follow; None for what is no widget."""
        view = data.get(VIEW)
        model = view.get("model_id") if isinstance(view, Mapping) else None
        widget = getattr(sys.modules.get("ipywidgets.widgets.widget"), "_instances", {}).get(model)
        if widget is None:
            return None
        shown = self._shown.get(str(model))
        if shown is None:
            shown = self._shown[str(model)] = _Shown(widget, dict(data), self._changed)
            while len(self._shown) > MOST_SHOWN:
                self._shown.pop(next(iter(self._shown))).forget()
        return f"widget-{model}"

    def cell_ends(self) -> None:
        """Shows what has changed last."""
        for model, shown in self._shown.items():
            if shown.stale:
                self._tell(model, shown)

    def _changed(self, shown: _Shown) -> None:
        now = self._clock()
        if now - shown.told >= INTERVAL:
            shown.told = now
            for model, each in self._shown.items():
                if each is shown:
                    self._tell(model, shown)
                    return

    def _tell(self, model: str, shown: _Shown) -> None:
        text = shown.text()
        shown.stale = False
        if text != shown.data.get("text/plain"):
            shown.data["text/plain"] = text
            self._show(f"widget-{model}", dict(shown.data))


class _Shown:
    """One widget in sight, with all that it is made of."""

    def __init__(self, widget: Any, data: dict[str, Any], changed: Callable[[_Shown], None]) -> None:
        self.widget = widget
        self.data = data
        self.told = 0.0
        self.stale = False
        self._changed = changed
        self._parts: list[Any] = []
        self._follow(widget)

    def text(self) -> str:
        """What the widget is now."""
        return str(self.widget)

    def forget(self) -> None:
        """Follows it no longer."""
        for part in self._parts:
            part.unobserve(self._note)
        self._parts.clear()

    def _follow(self, widget: Any) -> None:
        if any(widget is part for part in self._parts):
            return
        self._parts.append(widget)
        widget.observe(self._note)
        for child in getattr(widget, "children", ()):
            if hasattr(child, "observe"):
                self._follow(child)

    def _note(self, _: object) -> None:
        self.stale = True
        self._changed(self)
