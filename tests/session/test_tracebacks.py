"""Tracebacks for learners, without TensorFlow."""

from __future__ import annotations

import json
import linecache
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from tflab.protocol.events import CellError
from tflab.protocol.requests import RunCellRequest
from tflab.session import learner_frames
from tflab.session.learner_frames import LearnerFrames
from tflab.session.sources import CellSources
from tflab.session.tracebacks import TracebackWriter


@pytest.fixture(autouse=True)
def _clean_linecache() -> Iterator[None]:
    before = dict(linecache.cache)
    yield
    linecache.cache.clear()
    linecache.cache.update(before)


def fail(*cells: str) -> CellError:
    """Runs cells after each other as a session would; the error of the last."""
    sources = CellSources()
    writer = TracebackWriter(LearnerFrames(sources))
    namespace = {"__name__": "__main__", "json": json}
    for index, code in enumerate(cells):
        source = sources.register(RunCellRequest(cell=index, source=code))
        try:
            exec(compile(code, source.filename, "exec"), namespace)
        except BaseException as error:
            if index < len(cells) - 1:
                raise
            return writer.error(error, source.filename)
    raise AssertionError("nothing failed")


def test_the_learners_frames_are_shown_with_their_lines() -> None:
    error = fail("def half(x):\n    return x / 0", "y = 1\nhalf(y)")

    assert (error.name, error.message) == ("ZeroDivisionError", "division by zero")
    # The line of this cell, not of the one that defines the function.
    assert error.line == 2
    assert 'File "<cell 2>", line 2, in <module>\n    half(y)' in error.traceback
    assert 'File "<cell 1>", line 2, in half\n    return x / 0' in error.traceback
    assert error.traceback.endswith("ZeroDivisionError: division by zero")


def test_library_frames_are_counted_and_not_shown() -> None:
    error = fail("json.loads('{')")

    assert "json/decoder.py" not in error.traceback
    assert "[library frames not shown: 3]" in error.traceback
    assert error.line == 1


def test_library_frames_between_the_learners_own_are_marked_where_they_were() -> None:
    error = fail("class Odd:\n    pass\ndef default(o):\n    return 1 / 0\njson.dumps(Odd(), default=default)")

    lines = error.traceback.splitlines()
    marks = [index for index, line in enumerate(lines) if "library frames not shown" in line]
    assert len(marks) == 1
    assert any("in default" in line for line in lines[marks[0] :])


def test_a_cause_comes_first() -> None:
    error = fail("try:\n    1 / 0\nexcept ZeroDivisionError as e:\n    raise KeyError('k') from e")

    first, second = error.traceback.split("The exception above was the direct cause of this one:")
    assert first.rstrip().endswith("ZeroDivisionError: division by zero")
    assert second.endswith("KeyError: 'k'")
    assert error.line == 4


def test_an_exception_during_another_is_told_after_it() -> None:
    error = fail("try:\n    1 / 0\nexcept ZeroDivisionError:\n    undefined")

    assert "While that exception was handled, another occurred:" in error.traceback


def test_a_context_that_was_suppressed_is_not_told() -> None:
    error = fail("try:\n    1 / 0\nexcept ZeroDivisionError:\n    raise ValueError('v') from None")

    assert "ZeroDivisionError" not in error.traceback


def test_a_ring_of_causes_ends() -> None:
    error = fail("a = ValueError('a'); b = ValueError('b'); a.__cause__ = b; b.__cause__ = a\nraise a")

    assert error.traceback.count("ValueError: a") == 1


def test_a_deep_recursion_is_told_once() -> None:
    error = fail("def down(n):\n    return down(n + 1)\ndown(0)")

    assert error.name == "RecursionError"
    assert len(error.traceback.splitlines()) < 25
    assert "more frames of your own code not shown" in error.traceback


def test_a_recursion_over_several_lines_is_cut_in_the_middle() -> None:
    error = fail("def a(n):\n    b(n)\ndef b(n):\n    if n == 0:\n        raise ValueError\n    a(n - 1)\na(200)")

    assert len(error.traceback.splitlines()) < 200
    assert "more frames of your own code not shown" in error.traceback
    assert error.line == 5


def test_a_syntax_error_shows_the_line_and_a_caret() -> None:
    error = fail("x = 1\ny = = 2")

    assert error.line == 2
    assert error.message == "invalid syntax"
    assert "    y = = 2\n        ^" in error.traceback


def test_an_exception_whose_text_fails_is_shown_all_the_same() -> None:
    error = fail("class Bad(Exception):\n    def __str__(self):\n        return 1 / 0\nraise Bad")

    assert error.name == "Bad"
    assert "cannot be shown" in error.message


def test_notes_are_shown() -> None:
    error = fail("e = ValueError('v'); e.__notes__ = ['a note']\nraise e")

    assert error.traceback.endswith("ValueError: v\na note")


def test_a_giant_message_is_cut() -> None:
    assert len(fail("raise ValueError('x' * 10_000_000)").traceback) < 1_000_000


def test_no_colour_codes_are_left() -> None:
    assert "\x1b" not in fail("raise ValueError('\\x1b[1mbold\\x1b[0m')").traceback


# --- whose file ----------------------------------------------------------------------------------------------------


def test_files_of_the_learner_are_told_from_libraries(tmp_path: Path) -> None:
    sources = CellSources()
    sources.register(RunCellRequest(cell=0, source=""))
    frames = LearnerFrames(sources, script="loop.py")

    own = ["<cell 1>", "loop.py", str(tmp_path / "mine.py")]
    foreign = [
        json.__file__,
        pytest.__file__,
        learner_frames.__file__,
        "<frozen importlib._bootstrap>",
        "<cell 2>",
        "/tmp/__autograph_generated_file1x.py",
    ]
    assert [frames.owns_file(file) for file in own] == [True] * 3
    assert [frames.owns_file(file) for file in foreign] == [False] * 6


def test_code_made_by_exec_is_the_learners_in_the_learners_namespace_only() -> None:
    error = fail("exec(compile('1 / 0', '<made>', 'exec'))")
    assert 'File "<made>", line 1' in error.traceback

    module = ModuleType("library")
    exec(compile("def f():\n    1 / 0", "<made>", "exec"), module.__dict__)
    with pytest.raises(ZeroDivisionError) as failure:
        module.f()
    assert "<made>" not in "".join(TracebackWriter(LearnerFrames(())).lines(failure.value))
