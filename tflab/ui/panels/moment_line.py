"""How panels say that they show the past."""

from __future__ import annotations

from tflab.messages import text
from tflab.state.clock import Moment


def moment_line(moment: Moment) -> str:
    """``as of training step 30``, or of an epoch."""
    return text("ui.moment." + moment.scope, step=f"{moment.step:,}")
