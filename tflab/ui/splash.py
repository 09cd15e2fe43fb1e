"""Text on the screen before anything heavy is imported, and the terminal as it was if nothing follows.

`show` switches to the alternate screen and writes one line where the lab's status line will be. From then on the
terminal is restored at exit, on an uncaught exception (before its traceback is printed), SIGTERM and SIGHUP, until
`hand_over`: then the application owns the screen. A command that prints something of its own calls `hide` first.

Standard library only, and little of it: this is on the way to the first paint.
"""

from __future__ import annotations

import atexit
import os
import signal
import sys
from types import FrameType, TracebackType

_NAME = " tflab "
_ENTER = "\x1b[?1049h\x1b[?25l\x1b[2J\x1b[H"
_LEAVE = "\x1b[?1049l\x1b[?25h"
_SIGNALS = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name))

_shown = False
_armed = False


def show(line: str) -> None:
    """Shows ``line`` on a screen of its own. Does nothing where stdout is no terminal or one splash is shown."""
    global _shown
    try:
        if _shown or not sys.stdout.isatty() or os.environ.get("TERM", "dumb") == "dumb":
            return
        columns, rows = os.get_terminal_size(sys.stdout.fileno())
    except (OSError, ValueError, AttributeError):
        return
    _arm()
    if _write(_ENTER + _picture(line, columns, rows, colours="NO_COLOR" not in os.environ)):
        _shown = True


def hide() -> None:
    """Leaves the splash's screen, so that what is printed next stays. Does nothing where none is shown."""
    global _shown
    if _shown:
        _shown = False
        _write(_LEAVE)


def hand_over() -> None:
    """The application has taken the screen and will restore it."""
    global _shown
    _shown = False
    _disarm_signals()


def _picture(line: str, columns: int, rows: int, colours: bool) -> str:
    """The status line as the lab will draw it, filled to ``columns``, never wider."""
    name = _NAME[:columns]
    text = f" {line} "[: columns - len(name)].ljust(columns - len(name))
    if not colours:
        return f"\x1b[7m{name}\x1b[27m{text}"
    return f"\x1b[1;38;5;16;48;5;214m{name}\x1b[0;38;5;252;48;5;236m{text}\x1b[0m"


def _arm() -> None:
    global _armed
    if _armed:
        return
    _armed = True
    atexit.register(hide)
    hook = sys.excepthook

    def excepthook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        hide()
        hook(kind, error, trace)

    sys.excepthook = excepthook
    for number in _SIGNALS:
        if signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, _end)


def _disarm_signals() -> None:
    for number in _SIGNALS:
        if signal.getsignal(number) is _end:
            signal.signal(number, signal.SIG_DFL)


def _end(number: int, frame: FrameType | None) -> None:
    hide()
    signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)


def _write(sequence: str) -> bool:
    data = sequence.encode(sys.stdout.encoding or "utf-8", errors="replace")
    try:
        while data:
            data = data[os.write(sys.stdout.fileno(), data) :]
    except (OSError, ValueError):
        return False
    return True
