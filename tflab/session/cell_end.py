"""How a cell ended, as the lab is told: well, with an error, by an exit, or by an interrupt in any of its disguises."""

from __future__ import annotations

from typing import Final

from tflab import messages
from tflab.protocol.events import CellError, CellFinished, CellStatus
from tflab.session.cells import Outcome
from tflab.session.tracebacks import TracebackWriter

LONGEST_CHAIN: Final = 8


def finished_event(cell: int, filename: str, outcome: Outcome, tracebacks: TracebackWriter) -> CellFinished:
    """The last event of ``cell``, which was compiled as ``filename``."""
    try:
        return _finished_event(cell, filename, outcome, tracebacks)
    # Exceptions are the learner's objects: their attributes may be of any type, and fail in any way.
    except BaseException as failure:
        name = type(outcome.exception).__name__
        message = messages.text("client.traceback_unprintable")
        error = CellError(name=name, message=message, line=None, traceback=f"{name}: {message} ({failure!r:.500})")
        return CellFinished(cell=cell, status="error", seconds=outcome.seconds, error=error)


def _finished_event(cell: int, filename: str, outcome: Outcome, tracebacks: TracebackWriter) -> CellFinished:
    exception = outcome.exception
    status: CellStatus = "ok"
    error: CellError | None = None
    status_of_exit: int | None = None
    if isinstance(exception, SystemExit):
        status_of_exit = exit_status(exception)
        if status_of_exit:
            status = "error"
            line = tracebacks.line(exception, filename)
            error = CellError(name="SystemExit", message=str(exception.code), line=line, traceback="")
    elif exception is not None and is_interrupt(exception, asked=outcome.interrupted):
        status = "interrupted"
        line = tracebacks.line(exception, filename)
        message = messages.text("client.interrupted")
        error = CellError(name="KeyboardInterrupt", message=message, line=line, traceback="")
    elif exception is not None:
        status = "error"
        error = tracebacks.error(exception, filename)
    return CellFinished(cell=cell, status=status, seconds=outcome.seconds, error=error, exit_status=status_of_exit)


def exit_status(exception: SystemExit) -> int:
    """As Python itself ends: None is 0, a number its low byte, anything else 1."""
    if exception.code is None:
        return 0
    return exception.code & 0xFF if isinstance(exception.code, int) else 1


def is_interrupt(exception: BaseException, *, asked: bool) -> bool:
    """Whether ``exception`` is what an interrupt looks like by the time it left the cell; ``asked``: by the lab."""
    if isinstance(exception, KeyboardInterrupt):
        return True
    current: BaseException | None = exception
    for _ in range(LONGEST_CHAIN if asked else 0):
        if current is None:
            break
        if isinstance(current, KeyboardInterrupt) or type(current).__name__ == "CancelledError":
            return True
        # pybind11 when a signal meets a cancellation; TensorFlow when Python code inside a graph was interrupted.
        if "error_already_set: MISMATCH" in str(current) or "KeyboardInterrupt" in str(current):
            return True
        current = current.__cause__ or current.__context__
    return False
