"""What the gradients panel tells beside norms, by plain values."""

from __future__ import annotations

import pytest

from tflab.protocol.events import Site
from tflab.protocol.gradient_events import GradientRecord, GradientsRecorded, MatrixFacts
from tflab.state.gradients import GradientSites
from tflab.ui.panels.gradients_panel import gradients_page
from tflab.ui.widgets.rows import text_of, width_of


def written(width: int, **numbers: float) -> str:
    """The page of one gradient with these numbers and one with its norm alone."""
    sites = GradientSites()
    records = (
        GradientRecord(name="kernel", shape=(8, 4), norm=5.0, kind="dense", **numbers),  # type: ignore[arg-type]
        GradientRecord(name="bias", shape=(4,), norm=2.0, kind="dense"),
    )
    sites.record(GradientsRecorded(site=Site(file="<cell 1>", line=3), step=7, loss=0.5, gradients=records))
    page = gradients_page(sites, None, None, width)
    rows = [*page.heading, *page.rows]
    assert all(width_of(row) <= width for row in rows)
    return "\n".join(text_of(row) for row in rows)


@pytest.mark.parametrize(
    ("numbers", "heading", "told"),
    [
        ({"applied_norm": 0.5}, "applied", "→ 0.5"),
        ({"zeros": 0.25}, "zeros", "25 %"),
        ({"dead": 0.5}, "dead", "50 %"),
        ({"nan": 3}, "NaN, inf", "3 NaN"),
        ({"inf": 2}, "NaN, inf", "2 inf"),
        ({"update_ratio": 0.001}, "update", "1.0e-03"),
    ],
    ids=["clipped", "zeros", "dead", "nan", "inf", "update"],
)
def test_what_there_is_to_say_has_a_column(numbers: dict[str, float], heading: str, told: str) -> None:
    page = written(120, **numbers)
    assert heading in page
    assert told in next(line for line in page.splitlines() if "kernel" in line)
    assert told not in next(line for line in page.splitlines() if "bias" in line)


def test_nothing_to_say_takes_no_room() -> None:
    page = written(120, zeros=0.0, dead=0.0, nan=0, inf=0)
    assert not [word for word in ("applied", "zeros", "dead", "NaN, inf") if word in page]


@pytest.mark.parametrize("width", [24, 40, 60, 78, 100, 200])
def test_it_fits_and_trouble_comes_first(width: int) -> None:
    page = written(width, applied_norm=0.5, zeros=0.25, dead=0.5, nan=3, inf=0, update_ratio=0.001)
    if width >= 78:
        assert "3 NaN" in page
    if width >= 150:
        assert "→ 0.5" in page
        assert "50 %" in page


def test_a_hessian_is_shown_as_the_matrix_that_it_is() -> None:
    facts = MatrixFacts(
        shape=(2, 2), symmetric=True, smallest=-3.0, largest=2.0, condition=1.5, tensor="hessian (line 8): w"
    )
    record = GradientRecord(name="w", shape=(2,), norm=3.6, kind="dense", derivative="hessian", matrix=facts)
    sites = GradientSites()
    sites.begin(0)
    sites.record(GradientsRecorded(cell=0, site=Site(file="<cell 0>", line=8), step=0, loss=None, gradients=(record,)))
    shown = "\n".join(text_of(row) for row in gradients_page(sites, None, None, 160).rows)

    assert "Hessian in line 8" in shown
    assert "(2, 2) · symmetric · eigenvalues -3 to 2 · condition 1.5 · bends both ways" in shown
    assert "hessian (line 8): w" in shown


def test_a_column_asked_for_at_another_step_says_so() -> None:
    records = (GradientRecord(name="w", shape=(2,), norm=3.6, kind="dense", zeros=0.5, update_ratio=0.01),)

    def page(**steps: int) -> str:
        sites = GradientSites()
        sites.record(
            GradientsRecorded(site=Site(file="<cell 0>", line=8), step=1500, loss=None, gradients=records, **steps)
        )
        return "\n".join(text_of(row) for row in gradients_page(sites, None, None, 160).rows)

    assert "zeros: as of step 1,400 · update: as of step 1,200" in page(details_step=1400, update_step=1200)
    assert "as of step" not in page(details_step=1500, update_step=1500)
    assert "as of step" not in page()
