"""What a run did, in a few lines: losses, gradients, traces, problems."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tflab.messages import text
from tflab.protocol.events import Event, FunctionTraced, MetricsLogged, ProblemFound, SessionReady, Site
from tflab.protocol.gradient_events import GradientsRecorded
from tflab.protocol.operation_events import OperationsRecorded

_GRADIENTS_SHOWN = 24
_TRACES_SHOWN = 12


@dataclass
class _Series:
    """One metric from its first value to its last."""

    source: str
    scope: str
    where: str
    first: float
    last: float
    count: int = 0


class RunSummary:
    """Collects events; ``live`` is the line while it runs, ``lines`` what is said at the end."""

    def __init__(self, *, lines_count_in_cell: bool) -> None:
        """``lines_count_in_cell``: a line is told with its cell, as in a notebook."""
        self._in_cell = lines_count_in_cell
        self._ready: SessionReady | None = None
        self._series: dict[tuple[str, str, str, Site | None], _Series] = {}
        self._gradients: dict[Site, GradientsRecorded] = {}
        self._traces: dict[tuple[str, str, int | None], list[FunctionTraced]] = {}
        self._recorded: list[OperationsRecorded] = []
        self._problems: dict[tuple[str, int | None, str], ProblemFound] = {}

    def add(self, event: Event) -> None:
        """Takes an event in."""
        if isinstance(event, MetricsLogged):
            self._add_metric(event)
        elif isinstance(event, GradientsRecorded):
            self._gradients[event.site] = event
        elif isinstance(event, FunctionTraced):
            self._traces.setdefault((event.function, event.file, event.line), []).append(event)
        elif isinstance(event, ProblemFound):
            self._problems.setdefault((event.code, event.line, event.message), event)
        elif isinstance(event, OperationsRecorded):
            self._recorded.append(event)
        elif isinstance(event, SessionReady):
            self._ready = event

    def _add_metric(self, event: MetricsLogged) -> None:
        if not event.values:
            return
        key = (event.name, event.source, event.scope, event.site)
        series = self._series.get(key)
        if series is None:
            where = self._where(event, event.site.line if event.site else None)
            series = self._series[key] = _Series(event.source, event.scope, where, event.values[0], event.values[0])
        series.last = event.values[-1]
        series.count += len(event.values) + event.missed

    def _where(self, event: Event, line: int | None) -> str:
        """Where in the code something happened; empty where that is not known."""
        if line is None:
            return ""
        if self._in_cell and event.cell is not None:
            return text("cli.run.in_cell", cell=event.cell + 1, line=line)
        return text("cli.run.at_line", line=line)

    def live(self, seconds: float) -> str:
        """One line for the moment."""
        parts = [text("cli.run.live.seconds", seconds=f"{seconds:.0f}")]
        if self._series:
            (name, _, scope, _), series = list(self._series.items())[-1]
            key = "cli.run.live.steps" if scope == "step" else "cli.run.live.epochs"
            parts.append(text(key, name=name, value=_number(series.last), count=f"{series.count:,}"))
        traces = sum(map(len, self._traces.values()))
        if traces:
            parts.append(text("cli.run.live.traces", count=traces))
        if self._problems:
            parts.append(text("cli.run.live.problems", count=len(self._problems)))
        return " · ".join(parts)

    def lines(self, name: str, seconds: float) -> Iterator[str]:
        """The summary; its head alone where nothing was trained."""
        if self._ready is None:
            return
        yield text(
            "cli.run.head",
            name=name,
            seconds=f"{seconds:.1f}",
            tensorflow=self._ready.tensorflow,
            isolation=self._ready.isolation,
        )
        yield from self._metric_lines()
        for record in self._gradients.values():
            yield from _gradient_lines(record, self._where(record, record.site.line))
        for (function, _, line), traces in self._traces.items():
            yield from _trace_lines(function, self._where(traces[0], line), traces)
        for recorded in self._recorded:
            yield from self._recorded_lines(recorded)
        for problem in sorted(self._problems.values(), key=lambda problem: problem.severity != "error"):
            where = self._where(problem, problem.line)
            message = f"{where}: {problem.message}" if where else problem.message
            yield text("cli.run.problem", code=problem.code, message=message, fix=problem.fix)

    def _recorded_lines(self, recorded: OperationsRecorded) -> Iterator[str]:
        yield text("cli.run.recorded", count=f"{recorded.total:,}", checked=f"{recorded.checked:,}")
        for found in (recorded.inf, recorded.nan):
            if found is not None:
                key = "came_in" if found.came_in else "gradient" if found.is_gradient else "made"
                what = text("ui.operations.kind." + found.kind)
                told = text("ui.operations.found." + key, what=what, operation=found.operation)
                where = self._where(recorded, found.site.line if found.site is not None else None)
                yield "    " + " · ".join(part for part in (told, where, *found.inputs[:2]) if part)

    def _metric_lines(self) -> Iterator[str]:
        for (name, _, scope, _), series in self._series.items():
            key = "cli.run.metric.steps" if scope == "step" else "cli.run.metric.epochs"
            yield (
                text(
                    key,
                    name=f"{name:<14}",
                    first=_number(series.first),
                    last=_number(series.last),
                    count=f"{series.count:,}",
                )
                + (f" · {series.where}" if series.where else "")
            )


def _gradient_lines(record: GradientsRecorded, where: str) -> Iterator[str]:
    yield text("cli.run.gradients", where=where, step=f"{record.step:,}")
    shown = record.gradients[:_GRADIENTS_SHOWN]
    # A gradient that is missing is what one has to see, wherever it stands.
    shown += tuple(gradient for gradient in record.gradients[_GRADIENTS_SHOWN:] if gradient.norm is None)
    width = min(40, max((len(gradient.name) for gradient in shown), default=0))
    for gradient in shown:
        if gradient.norm is not None:
            yield f"    {gradient.name:<{width}}  {_number(gradient.norm)}"
        elif gradient.cause:
            yield f"    {gradient.name:<{width}}  None ({gradient.cause})"
        else:
            yield f"    {gradient.name:<{width}}  None"
    if len(record.gradients) > len(shown):
        yield "    " + text("cli.run.more", count=len(record.gradients) - len(shown))


def _trace_lines(function: str, where: str, traces: list[FunctionTraced]) -> Iterator[str]:
    yield text("cli.run.traced", function=function, count=len(traces)) + (f" · {where}" if where else "")
    for trace in traces[:_TRACES_SHOWN]:
        cost = f"{trace.milliseconds:,.0f} ms"
        sentence = " ".join(part for part in (trace.reason, trace.fix) if part)
        yield f"    {trace.ordinal}. {trace.cause} · {cost}" + (f" · {sentence}" if sentence else "")
    if len(traces) > _TRACES_SHOWN:
        yield "    " + text("cli.run.more", count=len(traces) - _TRACES_SHOWN)


def _number(value: float) -> str:
    return f"{value:.4g}"
