"""Which code is the learner's, and which of its lines is running.

A file is the learner's where it belongs neither to TensorFlow, Keras or tflab, nor to the standard library or an
installed package. Cells have names such as ``<cell 3>``, what is typed at a prompt ``<stdin>`` and the like; other
names in angle brackets are machinery (``<string>`` of a dataclass, ``<magic-timeit>``).
"""

from __future__ import annotations

import ast
import linecache
import os
import site
import sys
import sysconfig
import threading
from types import CodeType, FrameType
from typing import Final

from tensorflow.python.util import tf_stack

import tflab

_GENERATED_MARK: Final = "__autograph_generated_file"
_COMPILED: Final = (".pyx", ".pxi", ".pxd")
"""Sources of compiled modules, which their frames name without a folder."""
_TYPED: Final = "<stdin>"
"""Up to Python 3.12 the name of every statement that is typed at the prompt: each counts its lines from 1."""
_CELL_MARKS: Final = ("<cell", "<ipython-input", "<stdin", "<python-input", "<console>", "<pyshell#")
"""IPython's, Python's own prompt, ``code.interact`` and IDLE."""


def _library_folders() -> tuple[str, ...]:
    folders = {sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")}
    folders.update(site.getsitepackages() if hasattr(site, "getsitepackages") else ())
    folders.add(site.getusersitepackages())
    for module in (sys.modules.get("tensorflow"), sys.modules.get("keras"), tflab):
        if module is not None and module.__file__:
            folders.add(os.path.dirname(module.__file__))
    return tuple(sorted({form + os.sep for folder in folders if folder for form in (folder, os.path.realpath(folder))}))


_LIBRARY_FOLDERS: Final = _library_folders()
_known: dict[str, bool] = {}


def is_learners(filename: str) -> bool:
    """Whether code compiled under this file name is the learner's."""
    answer = _known.get(filename)
    if answer is None:
        if filename.startswith("<"):
            answer = filename.startswith(_CELL_MARKS)
        else:
            answer = (
                _GENERATED_MARK not in filename
                and not filename.startswith(_LIBRARY_FOLDERS)
                and not filename.endswith(_COMPILED)
            )
        _known[filename] = answer
    return answer


def claim(filename: str) -> None:
    """Makes ``filename`` the learner's, whatever it looks like: a cell was compiled under it."""
    _known[filename] = True


def is_autograph(filename: str) -> bool:
    """Whether AutoGraph made this file out of the learner's code."""
    return _GENERATED_MARK in filename


def is_autograph_caller(filename: str) -> bool:
    """Whether this is the file through which AutoGraph's code calls everything."""
    return filename.endswith(_AUTOGRAPH_CALLER)


_AUTOGRAPH_CALLER: Final = os.path.join("tensorflow", "python", "autograph", "impl", "api.py")


def learner_frame(frame: FrameType | None) -> FrameType | None:
    """The innermost of ``frame`` and its callers that runs the learner's code."""
    while frame is not None and not is_learners(frame.f_code.co_filename):
        frame = frame.f_back
    return frame


def eager_place(frame: FrameType | None) -> tuple[str, int] | None:
    """File and line of the learner's statement that runs in ``frame`` or called it; None where there is none."""
    found = learner_frame(frame)
    return None if found is None else (found.f_code.co_filename, found.f_lineno)


def traced_place() -> tuple[str, int] | None:
    """File and line of the learner's statement being traced into a graph, AutoGraph's code mapped back.

    In a thread without any of the learner's code (a replica of a strategy under ``fit``) the main thread's place.
    """
    for entry in reversed(tf_stack.extract_stack()):
        if is_learners(entry.filename):
            return entry.filename, entry.lineno
    main = threading.main_thread().ident
    if main is not None and main != threading.get_ident():
        return eager_place(sys._current_frames().get(main))
    return None


class CallNumbers:
    """Tells calls on one line apart: the first call of a line seen in some code is 0, the next 1."""

    def __init__(self) -> None:
        self._seen: dict[tuple[CodeType, int], list[int]] = {}
        self._typed: dict[int, list[tuple[str, int]]] = {}
        """By line of what is typed at a prompt: the functions that made calls there, each with its own numbers."""

    def of(self, frame: FrameType, line: int) -> int:
        """The number of the call that ``frame`` is making, on ``line`` of the learner's code."""
        instructions = self._seen.setdefault((frame.f_code, line), [])
        if frame.f_lasti not in instructions:
            instructions.append(frame.f_lasti)
        number = instructions.index(frame.f_lasti)
        typed = learner_frame(frame)
        if typed is None or typed.f_code.co_filename != _TYPED:
            return number
        calls, call = self._typed.setdefault(line, []), (typed.f_code.co_name, number)
        if call not in calls:
            calls.append(call)
        return calls.index(call)


_statement_starts: dict[str, tuple[int, dict[int, int]]] = {}


def statement_line(filename: str, line: int) -> int:
    """The line on which the statement that holds ``line`` starts; ``line`` where the source is not at hand.

    Eager code and AutoGraph's name different lines of a statement that spans several.
    """
    lines = linecache.getlines(filename)
    key = hash("".join(lines))
    known = _statement_starts.get(filename)
    if known is None or known[0] != key:
        known = _statement_starts[filename] = (key, _starts("".join(lines)))
    return known[1].get(line, line)


def _starts(source: str) -> dict[int, int]:
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError):
        return {}
    starts: dict[int, int] = {}
    # Breadth first: inner statements come later and overwrite the lines that outer ones cover.
    for node in ast.walk(tree):
        if isinstance(node, ast.stmt) and node.end_lineno is not None and node.end_lineno > node.lineno:
            body = getattr(node, "body", None)
            end = body[0].lineno if isinstance(body, list) and body else node.end_lineno + 1
            starts.update(dict.fromkeys(range(node.lineno, end), node.lineno))
    return starts


def definition_line(code: CodeType) -> int:
    """The line of the ``def`` of a function: its code starts at its first decorator."""
    first = code.co_firstlineno
    if linecache.getline(code.co_filename, first).lstrip().startswith("@"):
        for line in range(first + 1, first + _LONGEST_DECORATION):
            if linecache.getline(code.co_filename, line).lstrip().startswith(("def ", "async def ")):
                return line
    return first


_LONGEST_DECORATION: Final = 40
