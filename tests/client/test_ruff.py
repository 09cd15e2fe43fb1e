"""The real linter and formatter on steps."""

from __future__ import annotations

import pytest

from tflab.client import ruff
from tflab.client.ruff import Ruff
from tflab.protocol.diagnostics import Unformattable


def codes(*sources: str) -> list[list[str]]:
    """What is said of each step, by the linter's codes."""
    return [[one.code for one in each] for each in Ruff().check(sources)]


def test_steps_know_each_others_names() -> None:
    assert codes("import math\nx = 1", "print(math.pi, x)") == [[], []]
    assert codes("import math", "print(x)") == [["F401"], ["F821"]]


def test_a_diagnostic_tells_where_it_is() -> None:
    (found,) = Ruff().check(["y = 1\nprint(y, missing)"])

    assert [(one.row, one.column, one.end_row, one.end_column) for one in found] == [(1, 9, 1, 16)]
    assert found[0].severity == "error"
    assert "missing" in found[0].message


def test_a_step_that_cannot_be_read_does_not_hide_the_others() -> None:
    found = codes("def f(:\n    pass", "def g(x=[]):\n    return x", "print(f)")

    assert "invalid-syntax" in found[0]
    assert found[1:] == [["B006"], []]


def test_what_ipython_understands_is_no_error() -> None:
    assert codes("%matplotlib inline\n!ls\nfiles = !ls", "%%time\nx = 1", "display(x)\nfiles?") == [[], [], []]


def test_code_is_laid_out_and_magics_stay() -> None:
    assert Ruff().format_source("def f( x ):\n   return x+1") == "def f(x):\n    return x + 1"
    assert Ruff().format_source("%%time\nx   = 1") == "%%time\nx = 1"
    assert Ruff().format_source("") == ""


def test_code_that_cannot_be_read_is_not_laid_out_and_the_line_is_named() -> None:
    with pytest.raises(Unformattable, match="line 2"):
        Ruff().format_source("x = 1\ny = (")


def test_without_the_program_nothing_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ruff, "_program", lambda: None)

    assert codes("print(x)") == [[]]
    with pytest.raises(Unformattable):
        Ruff().format_source("x=1")


def test_a_program_that_says_something_else_is_as_good_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ruff, "_run", lambda *_: '[{"cell": null}]')

    assert codes("print(x)") == [[]]
