"""Where the panes go, by arithmetic alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tflab.ui.arrangement import Pane, Place, Shares, arrange, border_at, width_of

SIZES = st.tuples(st.integers(min_value=0, max_value=400), st.integers(min_value=0, max_value=150))


@pytest.mark.parametrize(
    ("columns", "rows", "width"),
    [(160, 46, "wide"), (120, 34, "normal"), (80, 22, "narrow"), (160, 20, "narrow"), (20, 6, "tiny"), (0, 0, "tiny")],
)
def test_which_arrangement_fits(columns: int, rows: int, width: str) -> None:
    assert width_of(columns, rows) == width


def test_a_wide_screen_shows_everything() -> None:
    places = arrange(160, 46)
    assert set(places) == {"lessons", "prose", "code", "output", "inspector"}
    assert places["code"].width >= 76


def test_a_normal_screen_leaves_the_lessons_out() -> None:
    assert set(arrange(120, 34)) == {"prose", "code", "output", "inspector"}


def test_a_narrow_screen_has_code_and_one_strip() -> None:
    assert arrange(80, 22) == {"code": Place(0, 0, 80, 11), "inspector": Place(0, 11, 80, 11)}
    assert arrange(80, 22, lower="output") == {
        "code": Place(0, 0, 80, 11),
        "inspector": Place(0, 11, 80, 1),
        "output": Place(0, 12, 80, 10),
    }
    assert arrange(80, 22, lower="prose", reading=True) == {
        "inspector": Place(0, 0, 80, 1),
        "prose": Place(0, 1, 80, 21),
    }


def test_a_script_without_prose_uses_the_whole_width() -> None:
    places = arrange(160, 46, prose=False)
    assert set(places) == {"code", "output", "inspector"}
    assert places["inspector"].height == 46


def test_one_pane_can_have_all() -> None:
    assert arrange(160, 46, maximised="inspector") == {"inspector": Place(0, 0, 160, 46)}
    assert arrange(80, 22, maximised="code") == {"code": Place(0, 0, 80, 22)}


def test_borders_belong_to_the_pane_before_them() -> None:
    places = arrange(120, 34)
    code, output = places["code"], places["output"]
    assert border_at(places, places["prose"].width - 1, 20) == "prose"
    assert border_at(places, code.x + 5, code.height - 1) == "code"
    assert border_at(places, code.x + 5, output.y + output.height) == "output"
    assert border_at(places, code.x + 5, 3) is None
    script = arrange(120, 34, prose=False)
    assert border_at(script, 5, script["code"].height) == "code"
    assert border_at(script, 5, 33) is None
    assert border_at(arrange(120, 34, maximised="code"), 5, 33) is None


def test_a_tiny_screen_shows_nothing() -> None:
    assert arrange(20, 6) == {}


@given(
    SIZES,
    st.sampled_from([None, "code", "output", "inspector", "prose"]),
    st.sampled_from(["inspector", "output", "prose"]),
    st.booleans(),
    st.booleans(),
    st.booleans(),
    st.lists(st.tuples(st.sampled_from(["prose", "code", "output", "inspector"]), st.floats(-0.3, 0.3)), max_size=6),
)
def test_panes_tile_the_screen(
    size: tuple[int, int],
    maximised: Pane | None,
    lower: Pane,
    reading: bool,
    lessons: bool,
    prose: bool,
    moves: list[tuple[Pane, float]],
) -> None:
    shares = Shares()
    for pane, by in moves:
        shares = shares.moved(pane, by)
    places = arrange(
        *size, shares=shares, maximised=maximised, lower=lower, reading=reading, lessons=lessons, prose=prose
    )
    if not places:
        assert width_of(*size) == "tiny"
        return
    assert all(place.width > 0 and place.height > 0 and place.x >= 0 and place.y >= 0 for place in places.values())
    assert sum(place.width * place.height for place in places.values()) == size[0] * size[1]
    assert all(place.x + place.width <= size[0] and place.y + place.height <= size[1] for place in places.values())
