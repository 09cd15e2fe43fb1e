"""The log of a watched process: one writer that never waits, readers at their own pace."""

from __future__ import annotations

import pytest

from tflab.doors import event_log
from tflab.doors.event_log import EventLog
from tflab.protocol.events import CellStarted, MetricsLogged, Site
from tflab.protocol.gradient_events import GradientsRecorded

HERE, THERE = Site(file="a.py", line=1), Site(file="a.py", line=2)


def losses(first: int, count: int = 1, missed: int = 0, site: Site = HERE) -> MetricsLogged:
    steps = tuple(range(first, first + count))
    return MetricsLogged(
        time=1.0,
        name="loss",
        steps=steps,
        values=tuple(map(float, steps)),
        source="tape",
        scope="step",
        missed=missed,
        site=site,
    )


def gradients(step: int, site: Site = HERE) -> GradientsRecorded:
    return GradientsRecorded(time=1.0, site=site, step=step, loss=None, gradients=())


def read(log: EventLog) -> list[object]:
    return list(log.reader().read(0) or ())


def test_a_reader_begins_with_what_is_kept_in_order_and_the_latest_of_what_replaces_itself() -> None:
    log = EventLog()
    first, metrics = CellStarted(cell=0, source=""), losses(0, 3)
    old, new, other = gradients(1), gradients(2), gradients(1, THERE)
    for event in (first, old, other, metrics, new):
        log.write(event)
    assert read(log) == [first, other, metrics, new]


def test_readers_go_on_from_where_they_are() -> None:
    log = EventLog()
    reader = log.reader()
    log.write(losses(0))
    assert reader.read(0) == [losses(0)]
    assert reader.read(0) == []
    log.write(losses(1))
    log.close()
    log.write(losses(2))
    assert reader.read(0) == [losses(1)]
    assert reader.read(0) is None
    assert read(log) == [losses(0), losses(1)]


def test_what_a_slow_reader_has_lost_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_log, "MOST_STEPS", 4)
    log = EventLog()
    reader = log.reader()
    log.write(losses(0, 2))
    assert reader.read(0) == [losses(0, 2)]
    for first in range(2, 12, 2):
        log.write(losses(first, 2))
    assert reader.read(0) == [losses(8, 2, missed=6), losses(10, 2)]
    # What the probes themselves had missed is not counted twice.
    log.write(losses(15, 2, missed=3))
    assert reader.read(0) == [losses(15, 2, missed=3)]


def test_a_million_steps_are_kept_and_no_more() -> None:
    log = EventLog()
    for first in range(0, 2 * event_log.MOST_STEPS, 10_000):
        log.write(losses(first, 10_000))
    kept = [event for event in read(log) if isinstance(event, MetricsLogged)]
    assert sum(len(event.steps) for event in kept) == event_log.MOST_STEPS
