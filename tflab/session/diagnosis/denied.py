"""``network-denied`` and ``file-denied``: what the sandbox held back, and the flag that would have allowed it.

Nothing is watched: a program that catches the refusal and does without is healthy. Where one ends a cell, its words
are looked at, and whether it was the sandbox that spoke, not the modes of a file or a cable that is not plugged in.
"""

from __future__ import annotations

import errno
import linecache
import os
import re
import socket
from collections.abc import Iterator
from typing import Final, NamedTuple

from tflab.messages import text
from tflab.session.diagnosis.finding import Finding
from tflab.session.diagnosis.raised_error import RaisedError
from tflab.session.diagnosis.rule import Rule
from tflab.session.sandbox import Confinement, in_force

_LONGEST_CHAIN: Final = 12
_REFUSED: Final = (errno.EACCES, errno.EPERM, errno.EROFS)
_NO_NETWORK: Final = re.compile(
    r"URL fetch failure|[Cc]ould(?:n't| not) resolve host|Name or service not known|name resolution"
    r"|Failed to establish a new connection|Network is unreachable"
)
_ADDRESS: Final = re.compile(r"\b(?:https?|ftp|gs|s3|grpc)://[^\s'\"<>,;)]+")
_TENSORFLOW_REFUSED: Final = re.compile(
    r"(?P<path>/[^\n;'\"]*?); (?:Permission denied|Operation not permitted|Read-only file system)"
)
_NODE: Final = re.compile(r"\{\{.*?\}\}")
"""How TensorFlow names the operation: ``{{function_node /job:localhost/...}}``."""
_HDF5_REFUSED: Final = re.compile(r"name = '(?P<path>/[^']+)', errno = (?:1|13|30)\b")
_WRITES: Final = re.compile(
    r"\bopen\([^)\n]*?,\s*(?:mode\s*=\s*)?[fr]?['\"](?:[wax]|\w*\+)|\w*(?:write|save|dump|mkdir|makedirs)\w*\("
    r"|\.(?:to_csv|touch|unlink|rename|rmtree|copy\w*|move|truncate|chmod|symlink\w*)\(|os\.(?:remove|replace|link)\("
)
"""What a line does that changes files, by the names that such calls have."""


class _FileRefused(NamedTuple):
    """A file that could not be had."""

    path: str
    is_missing: bool
    """It was not there, where the session sees no file of the machine's."""


class Denied(Rule):
    """Explains errors that are the sandbox's doing."""

    def error(self, error: RaisedError) -> None:
        """The refusal that ended the cell, if it was one."""
        confinement = in_force()
        if confinement is None or not confinement.permissions.sandbox:
            return
        for exception in _chain(error.exception):
            finding = _network(exception, error, confinement) or _file(exception, error, confinement)
            if finding is not None:
                self.report(finding)
                return


def _chain(exception: BaseException) -> Iterator[BaseException]:
    """``exception``, what led to it, and what those carry: a URLError has the refusal as its reason."""
    waiting: list[object] = [exception]
    seen: set[int] = set()
    while waiting and len(seen) < _LONGEST_CHAIN:
        current = waiting.pop(0)
        if isinstance(current, BaseException) and id(current) not in seen:
            seen.add(id(current))
            yield current
            waiting += [current.__cause__, current.__context__, getattr(current, "reason", None), *current.args]


def _said(exception: BaseException) -> str:
    try:
        return _NODE.sub("", str(exception))
    # A learner's own __str__ can fail in any way.
    except Exception:
        return ""


# --- the network -------------------------------------------------------------------------------------------------


def _network(exception: BaseException, error: RaisedError, confinement: Confinement) -> Finding | None:
    if confinement.permissions.network or not _is_about_the_network(exception):
        return None
    told = (_said(error.exception), _said(exception), _line(error))
    wanted = next(filter(None, map(_ADDRESS.search, told)), None)
    return Finding(
        "network-denied",
        error.place,
        {"address": wanted[0].rstrip(".:") if wanted else ""},
        variant=_kind(confinement) + (".address" if wanted else ""),
        seen=text("diagnosis.denied.says", message=error.said),
    )


def _is_about_the_network(exception: BaseException) -> bool:
    if isinstance(exception, socket.gaierror):
        return True
    if isinstance(exception, OSError) and exception.errno in _REFUSED and exception.filename is None:
        return _comes_from_sockets(exception)
    return _NO_NETWORK.search(_said(exception)) is not None


def _comes_from_sockets(exception: OSError) -> bool:
    trace = exception.__traceback__
    while trace is not None:
        module = trace.tb_frame.f_globals.get("__name__", "")
        if module.startswith(("socket", "asyncio", "urllib", "http", "ssl")):
            return True
        last, trace = trace, trace.tb_next
        if trace is None:
            # socket.socket() in the learner's own line.
            return "socket" in linecache.getline(last.tb_frame.f_code.co_filename, last.tb_lineno)
    return False


# --- files -------------------------------------------------------------------------------------------------------


def _file(exception: BaseException, error: RaisedError, confinement: Confinement) -> Finding | None:
    if isinstance(exception, OSError) and exception.errno == errno.EFBIG:
        return Finding(
            "file-denied",
            error.place,
            cause="size",
            variant="size",
            seen=text("diagnosis.denied.says", message=error.said),
        )
    refused = _refused_file(exception)
    if refused is None:
        return None
    path = os.path.abspath(refused.path)
    if refused.is_missing:
        return _missing(path, error, confinement)
    if any(_is_below(path, folder) for folder in _writable(confinement)):
        # The file's own modes, then.
        return None
    writes = not os.path.lexists(path) or _can_be_read(path) or _line_writes(error)
    cause = "write" if writes else "read"
    folder = path if os.path.isdir(path) else os.path.dirname(path)
    return Finding(
        "file-denied",
        error.place,
        {"path": path, "folder": folder},
        cause=cause,
        variant=f"{cause}.{_kind(confinement)}",
        seen=text("diagnosis.denied.says", message=error.said),
        subject=path,
    )


def _missing(path: str, error: RaisedError, confinement: Confinement) -> Finding | None:
    """A file that may be there, but not where the session looks: its home and its /tmp are its own."""
    home = os.path.join(confinement.permissions.scratch, "home")
    own = next((place for place in (home, *confinement.private) if _is_below(path, place)), None)
    if own is None or any(_is_below(path, folder) for folder in confinement.permissions.write) or _line_writes(error):
        return None
    if own == home:
        path = os.path.join("~", os.path.relpath(path, home))
    return Finding(
        "file-denied",
        error.place,
        {"path": path, "place": "~" if own == home else own},
        cause="read",
        variant=f"elsewhere.{_kind(confinement)}",
        severity="warning",
        seen=text("diagnosis.denied.says", message=error.said),
        subject=path,
    )


def _refused_file(exception: BaseException) -> _FileRefused | None:
    if isinstance(exception, OSError) and isinstance(exception.filename, (str, bytes)):
        path = os.fsdecode(exception.filename)
        if exception.errno in _REFUSED:
            return _FileRefused(path, is_missing=False)
        return _FileRefused(path, is_missing=True) if exception.errno == errno.ENOENT else None
    said = _said(exception)
    found = _TENSORFLOW_REFUSED.search(said) or _HDF5_REFUSED.search(said)
    return _FileRefused(found["path"], is_missing=False) if found else None


def _writable(confinement: Confinement) -> tuple[str, ...]:
    permissions = confinement.permissions
    return (permissions.scratch, *permissions.write, *confinement.private)


def _is_below(path: str, folder: str) -> bool:
    real, place = os.path.realpath(path), os.path.realpath(folder)
    return real == place or real.startswith(place.rstrip("/") + "/")


def _can_be_read(path: str) -> bool:
    try:
        os.close(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC))
    except OSError:
        return False
    return True


def _line_writes(error: RaisedError) -> bool:
    return _WRITES.search(_line(error)) is not None


def _line(error: RaisedError) -> str:
    """The learner's line that the error came from."""
    return linecache.getline(*error.place) if error.place is not None else ""


def _kind(confinement: Confinement) -> str:
    """Lessons have no flags; what `tflab run` and `tflab open` start has a working directory."""
    return "program" if confinement.permissions.working_directory else "lesson"
