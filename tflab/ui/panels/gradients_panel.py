"""The gradients of every call of ``GradientTape.gradient``: norms, how they went, and why one is None."""

from __future__ import annotations

import math
from collections.abc import Sequence

from tflab.messages import text
from tflab.protocol.gradient_events import GradientRecord, GradientsRecorded
from tflab.state.clock import Moment
from tflab.state.gradients import GradientSite, GradientSites, derivative_of
from tflab.state.places import Place, step_number
from tflab.state.terminal_text import plain
from tflab.ui.panels.empty import empty_page
from tflab.ui.panels.matrix_facts import matrix_facts
from tflab.ui.widgets.figures import bar, log_fraction, number, percentage, shape, sparkline
from tflab.ui.widgets.lines_view import LinesView, Page
from tflab.ui.widgets.rows import Row, cut_front, fit, pad, spread, wrap

_CAUSES = frozenset(
    (
        "not-watched",
        "integer",
        "non-differentiable",
        "left-tensorflow",
        "outside-tape",
        "variable-replaced",
        "unused",
        "stop-gradient",
        "untrainable",
    )
)
_SHORTEST_BAR = 4
_COLUMN = 10
"""Cells of a column that is there only where it has something to say."""
_DECADES = 6
"""The bars reach this many powers of ten below the largest norm."""


class GradientsPanel(LinesView):
    """Shows `GradientSites`."""

    def show_gradients(self, sites: GradientSites, moment: Moment | None, disabled: str | None) -> None:
        """Shows each site's gradients at ``moment``, the latest for None; ``disabled`` is why there can be none."""
        self.show_page(lambda width: gradients_page(sites, moment, disabled, width))


def gradients_page(sites: GradientSites, moment: Moment | None, disabled: str | None, width: int) -> Page:
    """A heading a call and a line a variable."""
    if not len(sites):
        return empty_page(text("ui.gradients.empty"), text("ui.gradients.hint"), width, disabled)
    rows: list[Row] = []
    latest = max(site.run for site in sites)
    for site in sites:
        if rows:
            rows.append([])
        rows += _site_rows(site, moment if site.run == latest else None, width)
    return Page([], rows)


def _site_rows(site: GradientSite, moment: Moment | None, width: int) -> list[Row]:
    event = site.at(moment)
    norms = [record.norm for record in event.gradients if record.norm is not None and math.isfinite(record.norm)]
    largest = max(norms, default=0.0)
    left: Row = [
        (text("ui.derivative." + derivative_of(event), line=site.place.line), "strong"),
        ("  " + place_name(site.place), "muted"),
    ]
    right: Row = [(text("ui.gradients.step", step=f"{event.step:,}"), "muted" if moment is None else "accent")]
    if event.loss is not None:
        right += [("   ", ""), (text("ui.gradients.loss", loss=number(event.loss)), "")]
    rows = [spread(left, right, width)]
    room = min(max(12, width // 3), 32)
    names = _short([plain(record.name) for record in event.gradients], room)
    title, shape_title = text("ui.gradients.variable"), text("ui.tensors.shape")
    name_width = min(max(len(title), *map(len, names)), room)
    shape_width = min(max(len(shape_title), *(len(shape(record.shape)) for record in event.gradients)), 18)
    left_over = width - 2 - name_width - 2 - shape_width - 2 - 9 - 2
    trend = max(0, min(24, left_over // 2))
    extras = _extras(event.gradients, left_over - trend - 2)
    bar_width = max(0, min(30, left_over - trend - 2 - _COLUMN * len(extras)))
    heading = [
        (
            "  "
            + pad(title, name_width + 2)
            + pad(shape_title, shape_width + 2)
            + pad(text("ui.gradients.norm"), 9, "right")
            + "  "
            + "".join(pad(text("ui.gradients." + name), 9) + " " for name in extras)
            + " " * (bar_width + 2)
            + (text("ui.gradients.trend") if trend >= 6 else ""),
            "muted",
        )
    ]
    rows.append(fit(heading, width))
    for index, record in enumerate(event.gradients):
        start: Row = [
            ("  ", ""),
            (pad(cut_front(names[index], name_width), name_width), ""),
            ("  ", ""),
            (pad(shape(record.shape), shape_width), "muted"),
            ("  ", ""),
        ]
        if record.kind == "none" or record.norm is None:
            rows += _none_rows(record, start, width)
            continue
        row = [*start, *_norm(record, largest, bar_width, extras)]
        if trend >= 6:
            row.append(("  " + sparkline(site.norms(index, trend, moment)), "curve0"))
        rows.append(fit(row, width))
        if record.matrix is not None:
            rows += wrap([("    ", ""), *matrix_facts(record, record.matrix)], width, indent=4)
    asked = _asked(event, extras)
    if asked:
        rows += wrap([("  " + asked, "muted")], width, indent=2)
    return rows


def _asked(event: GradientsRecorded, extras: Sequence[str]) -> str:
    """At which steps the columns beside the norm were asked for, where that was another one than the norm's."""
    columns = (
        (event.details_step, [name for name in extras if name in ("zeros", "dead", "bad")]),
        (event.update_step, [name for name in extras if name == "update"]),
    )
    return " · ".join(
        text("ui.gradients.asked", columns=", ".join(text("ui.gradients." + name) for name in names), step=f"{step:,}")
        for step, names in columns
        if step is not None and step != event.step and names
    )


def place_name(place: Place) -> str:
    """``step 3`` or the name of the file."""
    number = step_number(place)
    return cut_front(place.file.rpartition("/")[2], 24) if number is None else text("ui.output.step", step=number)


def _short(names: list[str], room: int) -> list[str]:
    """The names without the first parts of their paths that all of them share, as far as there is no room for them."""
    while max(map(len, names), default=0) > room:
        heads = {name.partition("/")[0] for name in names if "/" in name}
        if len(heads) != 1 or any(name.count("/") < 2 for name in names if "/" in name):
            return names
        names = [name.partition("/")[2] or name for name in names]
    return names


def _extras(records: Sequence[GradientRecord], room: int) -> list[str]:
    """The columns for which there is something to say and room: those that tell of trouble first."""
    has = {
        "applied": any(record.applied_norm is not None for record in records),
        "update": any(record.update_ratio is not None for record in records),
        "zeros": any(record.zeros for record in records),
        "dead": any(record.dead for record in records),
        "bad": any(record.nan or record.inf for record in records),
    }
    wanted = [name for name in ("bad", "applied", "dead", "update", "zeros") if has[name]]
    chosen = set(wanted[: max(0, (room - _SHORTEST_BAR) // _COLUMN)])
    return [name for name in has if name in chosen]


def _extra(name: str, record: GradientRecord) -> tuple[str, str]:
    if name == "applied":
        return ("" if record.applied_norm is None else "→ " + number(record.applied_norm), "accent")
    if name == "update":
        return ("" if record.update_ratio is None else f"{record.update_ratio:.1e}", "muted")
    if name == "bad":
        told = [f"{count} {word}" for count, word in ((record.nan, "NaN"), (record.inf, "inf")) if count]
        return (" ".join(told), "bad")
    share = record.zeros if name == "zeros" else record.dead
    return ("" if share is None else percentage(share), "warning" if name == "dead" and share else "muted")


def _norm(record: GradientRecord, largest: float, bar_width: int, extras: Sequence[str]) -> Row:
    norm = record.norm or 0.0
    if not math.isfinite(norm):
        row: Row = [(pad("⚠ " + number(norm), 9, "right"), "bad"), ("  ", "")]
        fraction = 1.0
    else:
        row = [(pad(number(norm), 9, "right"), "" if norm else "warning"), ("  ", "")]
        fraction = log_fraction(norm, largest / 10**_DECADES, largest)
    for name in extras:
        told, role = _extra(name, record)
        row.append((pad(told, 9) + " ", role))
    row.append((bar(fraction, bar_width), "curve2" if math.isfinite(norm) else "bad"))
    return row


def _none_rows(record: GradientRecord, start: Row, width: int) -> list[Row]:
    known = record.cause in _CAUSES
    cause = text("ui.gradients.cause." + (record.cause or "")) if known else text("ui.gradients.cause.unknown")
    row: Row = [*start, ("     None", "bad"), ("  ", ""), (cause, "warning")]
    return wrap(row, width, indent=sum(len(part) for part, _ in start) + 11)
