"""What a step costs under the ways in which people look into training, beside tflab's probes, in one interleaved run.

tflab records the loss of every step, norms and details of gradients, traces and graphs; the hand-written logger losses
and norms; TensorBoard's callback losses of every step and histograms of weights once an epoch, in ``fit`` alone;
``enable_check_numerics`` and Debugger V2 look at every tensor for what is not finite.
"""

from __future__ import annotations

from importlib.util import find_spec

from tests.benchmarks.measured_cell import SessionFigures
from tests.benchmarks.measuring import median, show
from tests.benchmarks.programs.training_steps import WAYS, cell_of

ROUNDS = 5
_TENSORBOARD = "TensorBoard"


def run() -> None:
    """Prints the median of the ratios to a plain session of the same round, by form of a step and by way."""
    ours = "tflab"
    ways = [way for way in WAYS if not way.startswith(_TENSORBOARD) or find_spec("tensorboard")]
    if len(ways) < len(WAYS):
        print("TensorBoard is not installed: its callback is left out", flush=True)
    results: dict[str, list[dict[str, float]]] = {way: [] for way in (*ways, ours)}
    with SessionFigures() as sessions:
        for _ in range(ROUNDS):
            for way in results:
                cell = cell_of("nothing" if way == ours else way)
                results[way].append(sessions.measure(cell, probes=way == ours))
    plain = results.pop("nothing")
    for form in plain[0]:
        show(f"{form}: plain", median([figures[form] for figures in plain]), "us")
        for way in (ours, *(name for name in results if name != ours)):
            if way.startswith(_TENSORBOARD) and not form.startswith("fit"):
                continue
            ratios = [with_[form] / without[form] for with_, without in zip(results[way], plain, strict=True)]
            show(f"{form}: {way}", median([figures[form] for figures in results[way]]), "us", median(ratios))
