"""The names of the inspector's tabs."""

from __future__ import annotations

from typing import Final, Literal

TabName = Literal[
    "output", "prose", "tensors", "gradients", "traces", "graph", "curves", "devices", "operations", "problems"
]
PANELS: Final[tuple[TabName, ...]] = (
    "tensors",
    "gradients",
    "traces",
    "graph",
    "curves",
    "devices",
    "operations",
    "problems",
)
PANES: Final[tuple[TabName, ...]] = ("output", "prose")
"""What a narrow screen adds to the strip."""


def tab_named(name: str) -> TabName | None:
    """The panel that a lesson or a key names; None where there is none of that name."""
    return next((tab for tab in PANELS if tab == name.lower()), None)
