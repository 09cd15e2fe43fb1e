"""The strip of tabs at every width, in both languages."""

from __future__ import annotations

import pytest

from tflab import messages
from tflab.ui.panels.tab_strip import strip_parts
from tflab.ui.tabs import PANELS, PANES, TabName
from tflab.ui.widgets.rows import text_of, width_of

TABS: tuple[TabName, ...] = (*PANES, *PANELS)
MARKS = {"gradients": "⚠12", "traces": "↻3", "problems": "⚠4", "output": "•"}


def strip(active: TabName, width: int, *, marked: bool = True) -> list[str]:
    """What the parts say."""
    parts = strip_parts([(name, MARKS.get(name, "") if marked else "") for name in TABS], active, width)
    assert sum(width_of(part.row) for part in parts) <= width
    assert all(part.name in TABS for part in parts)
    return [text_of(part.row) for part in parts]


@pytest.mark.parametrize("language", ["en", "id"])
@pytest.mark.parametrize("active", TABS)
@pytest.mark.parametrize("width", [40, 60, 80, 160])
def test_tabs_are_whole_and_the_active_one_and_every_mark_is_seen(language: str, active: TabName, width: int) -> None:
    messages.use_language(language)
    shown = strip(active, width)
    names = [messages.text("ui.tab." + name) for name in TABS]
    for part in shown:
        bare = part.strip().rstrip("•⚠↻0123456789 ")
        assert bare in ("‹", "›", *names), part
    assert any(part.strip().startswith(messages.text("ui.tab." + active)) for part in shown)
    if width >= 80:
        assert all(mark in "".join(shown) for mark in MARKS.values())


@pytest.mark.parametrize("language", ["en", "id"])
def test_all_tabs_fit_in_eighty_columns(language: str) -> None:
    messages.use_language(language)
    assert len(strip("curves", 80, marked=False)) == len(TABS)


def test_the_arrow_goes_to_the_nearest_tab_that_is_left_out() -> None:
    parts = strip_parts([(name, "") for name in TABS], "curves", 40)
    shown = [part.name for part in parts]
    before, after = TABS.index(parts[0].name), TABS.index(parts[-1].name)
    assert [TABS[index] for index in range(before, after + 1)] == shown
