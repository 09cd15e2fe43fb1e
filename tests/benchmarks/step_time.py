"""Process CPU of a training step with probes against without, in sessions forked in turn from one server."""

from __future__ import annotations

from tests.benchmarks.measured_cell import SessionFigures
from tests.benchmarks.measuring import median, show
from tests.benchmarks.programs.training_steps import FORMS

ROUNDS = 9


def run() -> None:
    """Prints microseconds a step without probes, and the median of the ratios of neighbouring sessions."""
    results: dict[bool, list[dict[str, float]]] = {True: [], False: []}
    with SessionFigures() as sessions:
        for _ in range(ROUNDS):
            for probed in (True, False):
                results[probed].append(sessions.measure(FORMS, probes=probed))
    for name in results[False][0]:
        ratios = [with_[name] / without[name] for with_, without in zip(results[True], results[False], strict=True)]
        budget = "budget 1.10x" if name.startswith("eager") else "budget 1.03x"
        show(name, median([figures[name] for figures in results[False]]), "us", median(ratios), budget)
