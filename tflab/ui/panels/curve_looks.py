"""How the curves are looked at: what keys and mouse change, apart from any widget."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from tflab.protocol.events import MetricScope
from tflab.state.curves import GroupKey
from tflab.ui.widgets.curve_view import CurveView

SMOOTHINGS: Final = (0.0, 0.02, 0.06, 0.2)
"""Parts of the values in sight that means go over; 0 for none."""
AXES: Final = ("step", "time", "epoch")


@dataclass
class CurveLooks:
    """The state of the Curves panel."""

    axis: str = "step"
    """The axis that is wanted; a metric that cannot have it has its own."""
    smoothing: float = 0.0
    overlaid: bool = False
    """Whether all metrics of one axis share a drawing."""
    alone: bool = False
    """Whether only the chosen drawing is shown."""
    ghosts: bool = True
    """Whether other runs are shown beneath."""
    everything: bool = False
    """Whether curves of all runs of this session are shown, or of the latest only."""
    pattern: str = ""
    """Only metrics are shown whose names hold one of these words; all for none."""
    chosen: int = 0
    """The drawing that has the keys."""
    cursor: tuple[str, float] | None = None
    """Axis and place of the cross-hair."""
    picked: bool = False
    """Whether the other panels follow the cross-hair."""
    views: dict[tuple[GroupKey, str], CurveView] = field(default_factory=dict)
    """What is in sight, by drawing and axis."""

    def view(self, group: GroupKey, axis: str) -> CurveView:
        """What is in sight of a drawing."""
        return self.views.get((group, axis)) or CurveView()

    def next_smoothing(self) -> None:
        """Smoother, and from the smoothest back to none."""
        self.smoothing = SMOOTHINGS[(SMOOTHINGS.index(self.smoothing) + 1) % len(SMOOTHINGS)]

    def next_axis(self, has_epochs: bool) -> None:
        """Steps, time, epochs where there are any."""
        axes = AXES if has_epochs else AXES[:2]
        self.axis = axes[(axes.index(self.axis) + 1) % len(axes)] if self.axis in axes else axes[0]
        self.cursor, self.picked = None, False

    def shows(self, name: str, scope: MetricScope) -> bool:
        """Whether a metric gets past the pattern."""
        words = self.pattern.lower().split()
        return not words or any(word in f"{scope}/{name.lower()}" for word in words)
