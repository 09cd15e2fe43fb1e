"""Evidence where there was nothing to judge: the learner's cell failed, looped, exited or is no Python."""

from __future__ import annotations

import re
import signal
from typing import Final

from tflab.client.throwaway_run import CellTimedOut, SessionGone
from tflab.messages import text
from tflab.protocol.events import CellError, CellFinished, Evidence

_SYNTAX_ERRORS: Final = ("SyntaxError", "IndentationError", "TabError")
_PLAIN_WORDS: Final = (
    (r"'(?P<what>.)' was never closed", "check.syntax.never_closed"),
    (r"unmatched '(?P<what>.)'|closing parenthesis '(?P<closing>.)' does not match", "check.syntax.unmatched"),
    (r"expected an indented block", "check.syntax.indent_expected"),
    (r"unexpected indent", "check.syntax.indent_unexpected"),
    (r"unindent does not match", "check.syntax.dedent"),
    (r"inconsistent use of tabs", "check.syntax.tabs"),
    (r"unterminated .*string literal|EOL while scanning string", "check.syntax.string"),
    (r"forgot a comma", "check.syntax.comma"),
    (r"meant '=='", "check.syntax.equal"),
    (r"'return' outside function", "check.syntax.return"),
    (r"expected '(?P<what>[^']+)'", "check.syntax.expected"),
    (r"^invalid syntax", "check.syntax.invalid"),
)


def of_answer(finished: CellFinished) -> Evidence | None:
    """Why the learner's cell left nothing to judge; None where it ran to its end."""
    if finished.exit_status is not None:
        return _failed(_exit(finished.error))
    if finished.status == "ok":
        return None
    if finished.error is None:
        return _failed(text("check.ended.session", how=finished.status))
    return _failed(error_text(finished.error))


def of_earlier(step: int, finished: CellFinished) -> Evidence | None:
    """Why an earlier cell, ``step`` counted from 1, left nothing to build on; None where it ran to its end."""
    if finished.status == "ok" and finished.exit_status is None:
        return None
    error = finished.error or CellError(name="SystemExit", message="SystemExit", line=None, traceback="")
    message = f"{error.name}: {error.message}" if error.message else error.name
    line = "?" if error.line is None else error.line
    return _failed(text("check.ended.earlier", step=step, line=line, message=message))


def of_timeout(timeout: CellTimedOut, limit: float) -> Evidence:
    """The learner's cell was still busy after ``limit`` seconds."""
    if timeout.line is None:
        return _failed(text("check.ended.timeout.no_line", seconds=f"{limit:g}"))
    return _failed(text("check.ended.timeout", seconds=f"{limit:g}", line=timeout.line))


def of_slow_check(limit: float) -> Evidence:
    """The check was still busy after ``limit`` seconds with what it had called."""
    return _failed(text("check.ended.timeout.in_check", seconds=f"{limit:g}"), "check.claim.check_runs")


def of_lost_session(gone: SessionGone, processor_seconds: int, *, in_check: bool) -> Evidence:
    """The session ended while the learner's code ran."""
    claim = "check.claim.check_runs" if in_check else "check.claim.runs"
    if gone.status == -signal.SIGXCPU:
        return _failed(text("check.ended.processor", seconds=processor_seconds), claim)
    key = "check.ended.session.in_check" if in_check else "check.ended.session"
    return _failed(text(key, how=gone), claim)


def of_forgery() -> Evidence:
    """The learner's code gave itself a verdict."""
    return _failed(text("check.ended.forged"), "check.claim.own_verdict")


def error_text(error: CellError) -> str:
    """An exception in one line for people, with the line of the cell that it came from."""
    if error.name in _SYNTAX_ERRORS:
        return text("check.syntax", line="?" if error.line is None else error.line, what=plain_words(error.message))
    if error.name == "EOFError" and error.line is not None:
        return text("check.ended.input", line=error.line)
    if error.line is None:
        return text("check.ended.error.no_line", name=error.name, message=error.message)
    return text("check.ended.error", line=error.line, name=error.name, message=error.message)


def plain_words(message: str) -> str:
    """What Python says of code that it cannot read, in words for beginners."""
    message = re.sub(r" \([^()]*line \d+\)$", "", message)
    for pattern, key in _PLAIN_WORDS:
        found = re.search(pattern, message)
        if found is not None:
            fields = {name: part for name, part in found.groupdict().items() if part is not None}
            return text(key, **({"what": next(iter(fields.values()))} if fields else {}))
    return message


def _exit(error: CellError | None) -> str:
    if error is None or error.line is None:
        return text("check.ended.exit.no_line")
    return text("check.ended.exit", line=error.line)


def _failed(observed: str, claim: str = "check.claim.runs") -> Evidence:
    return Evidence(claim=text(claim), held=False, observed=observed)
