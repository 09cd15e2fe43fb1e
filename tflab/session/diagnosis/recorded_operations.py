"""What a recorded run says of numbers that are none: the first operation that made them.

The operation recorder is dear and runs only when a person asks for it, or after a finding whose operation is not known
(`tflab.session.probes.operations`).
"""

from __future__ import annotations

from collections.abc import Iterable

from tflab.protocol.operation_events import NonFiniteFound, OperationsRecorded
from tflab.session.diagnosis.finding import Finding
from tflab.session.probes.cell_runs import CellRuns


def origin(recorded: OperationsRecorded) -> NonFiniteFound | None:
    """What is to be told of a recorded run; None where every number was one.

    A NaN counts for more than the infinity that it may have come from, unless it is one of the way back and the
    infinity one of the way there.
    """
    nan, inf = recorded.nan, recorded.inf
    if nan is not None and nan.is_gradient and inf is not None and not (inf.is_gradient or inf.came_in):
        nan = None
    found = nan or inf
    return found if found is not None and found.site is not None else None


def answer(found: NonFiniteFound, questions: Iterable[Finding], cells: CellRuns) -> Finding:
    """The finding that ``found`` makes of ``questions``, the findings of the run whose operation was not known."""
    assert found.site is not None
    codes = {question.code for question in questions} or {
        "gradient-not-finite" if found.is_gradient else "loss-not-finite"
    }
    code = "gradient-not-finite" if codes == {"gradient-not-finite"} and not found.came_in else "loss-not-finite"
    place = (cells.latest(found.site.file), found.site.line)
    variant = "came-in" if found.came_in else "gradient" if found.is_gradient else ""
    values = {
        "what": "NaN" if found.kind == "nan" else "inf",
        "operation": found.operation,
        "inputs": "; ".join(found.inputs) or "-",
    }
    return Finding(code, place, values, variant=variant, words="recorded", subject="recorded")
