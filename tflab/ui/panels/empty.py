"""What a panel says while it has nothing to show: why, and how to change that."""

from __future__ import annotations

from tflab.messages import text
from tflab.ui.widgets.lines_view import Page
from tflab.ui.widgets.rows import Row, wrap


def empty_page(sentence: str, hint: str, width: int, disabled: str | None = None) -> Page:
    """``sentence`` and ``hint`` with room around them; where the probe is ``disabled``, its reason instead."""
    if disabled is not None:
        said: list[Row] = [[("⚠ ", "warning-strong"), (text("ui.panel.disabled"), "warning")], [(disabled, "muted")]]
    else:
        said = [[(sentence, "")], [(hint, "muted")]]
    inner = max(10, width - 4)
    rows: list[Row] = [[]]
    for row in said:
        rows += [[("  ", ""), *part] for part in wrap(row, inner)]
    return Page([], rows)
