"""The structure that design decisions rest on, held by measuring it."""

from __future__ import annotations

import ast
import os
import pkgutil
import re
import string
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy
import pytest

from tflab.messages import en
from tflab.messages import id as indonesian

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "tflab"
TYPED_NUMPY = "2.4."
"""What Python 3.11 installs; that for 3.10 is older, for 3.12 and 3.13 newer."""
TOOLS_TIMEOUT = 600


def run_tool(*words: str) -> subprocess.CompletedProcess[str]:
    """A development tool of this environment, run at the top of the repository."""
    return subprocess.run(
        [sys.executable, "-m", *words], cwd=ROOT, capture_output=True, text=True, timeout=TOOLS_TIMEOUT, check=False
    )


def modules_after(statement: str) -> set[str]:
    """The modules that a fresh process has loaded after ``statement``."""
    result = subprocess.run(
        [sys.executable, "-c", f"{statement}\nimport sys\nprint('\\n'.join(sys.modules))"],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        cwd=ROOT,
    )
    assert result.returncode == 0, result.stderr
    return set(result.stdout.split())


@pytest.mark.parametrize(
    ("statement", "absent"),
    [
        ("import tflab.cli", {"tensorflow", "keras", "textual", "numpy", "jupytext", "nbformat", "IPython", "jedi"}),
        ("import tflab.client.supervisor", {"tensorflow", "keras", "textual", "rich", "numpy", "tflab.session"}),
        ("import tflab.state.run_state", {"tensorflow", "keras", "textual", "rich", "tflab.client"}),
        ("import tflab.ui.app", {"tensorflow", "keras", "numpy", "jupytext", "nbformat", "jedi", "tflab.session"}),
        ("import tflab.protocol.codec", {"tensorflow", "textual", "numpy", "tflab.session", "tflab.client"}),
        ("import tflab", {"tensorflow", "textual", "numpy"}),
    ],
)
def test_a_fresh_process_loads_no_more_than_its_layer_needs(statement: str, absent: set[str]) -> None:
    loaded = modules_after(statement)
    assert not absent & loaded


def test_the_session_never_imports_the_lab() -> None:
    # Keras itself imports rich; that our own session code does not is import-linter's to hold.
    loaded = modules_after("import tflab.session.session, tflab.session.shell, tflab.session.probes")
    assert "tensorflow" in loaded
    assert not {"textual", "tflab.ui", "tflab.client", "tflab.state", "tflab.curriculum"} & loaded


def test_layers_hold() -> None:
    # import-linter has no `python -m` entry of its own.
    result = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command as main; main()"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=TOOLS_TIMEOUT,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert result.returncode == 0, result.stdout + result.stderr
    assert "0 broken" in result.stdout, result.stdout


def test_types_hold() -> None:
    if not numpy.__version__.startswith(TYPED_NUMPY):
        pytest.skip(
            f"NumPy's own types change from version to version: held for {TYPED_NUMPY}*, not {numpy.__version__}"
        )
    result = run_tool("mypy")
    assert result.returncode == 0, result.stdout + result.stderr


def test_the_linter_is_content() -> None:
    result = run_tool("ruff", "check", ".")
    assert result.returncode == 0, result.stdout


def test_the_formatter_is_content() -> None:
    result = run_tool("ruff", "format", "--check", ".")
    assert result.returncode == 0, result.stdout


def test_modules_keep_to_one_subject() -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for path in PACKAGE.rglob("*.py")
        if (lines := len(path.read_text().splitlines())) > 400
    }
    assert not long


def test_the_top_level_holds_what_the_card_says() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    if listed.returncode != 0:
        pytest.fail("the tests need a git checkout of tflab: `git clone` it")
    top = {line.split("/")[0] for line in listed.stdout.splitlines()}
    assert {name for name in top if not name.startswith(".")} == {
        "tflab",
        "lessons",
        "tests",
        "pyproject.toml",
        "README.md",
        "LICENSE",
    }


# --- messages ----------------------------------------------------------------------------------------------------


def fields(sentence: str) -> set[str]:
    """The names to be filled in."""
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


def test_both_languages_say_the_same_things() -> None:
    assert set(en.MESSAGES) == set(indonesian.MESSAGES)
    unequal = {key for key, sentence in en.MESSAGES.items() if fields(sentence) != fields(indonesian.MESSAGES[key])}
    assert not unequal


def test_no_catalogue_overwrites_another() -> None:
    for catalogue in (en, indonesian):
        parts = [getattr(catalogue, area).MESSAGES for _, area, _ in pkgutil.iter_modules(catalogue.__path__)]
        assert sum(map(len, parts)) == len(catalogue.MESSAGES)


def literal_keys() -> Iterator[tuple[str, str]]:
    """Every ``text("key", ...)`` in the package with a literal key, and where it stands."""
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if (
                isinstance(node, ast.Call)
                and (getattr(node.func, "id", None) == "text" or getattr(node.func, "attr", None) == "text")
                and node.args
                and isinstance(node.args[0], ast.Constant)
                and isinstance(node.args[0].value, str)
                and re.fullmatch(r"[a-z_]+(\.[a-z0-9_-]+)+", node.args[0].value)
            ):
                yield node.args[0].value, f"{path.relative_to(ROOT)}:{node.lineno}"


def test_every_sentence_asked_for_exists() -> None:
    missing = {key: place for key, place in literal_keys() if key not in en.MESSAGES}
    assert not missing


def test_every_sentence_is_asked_for() -> None:
    # Keys made at run time (``f"ui.state.{state}"``, ``"ui.key." + name``) are found by their constant beginning.
    source = "\n".join(path.read_text() for path in PACKAGE.rglob("*.py") if "messages" not in path.parts)
    beginnings = tuple(re.findall(r"""["']([a-z]+\.[a-z0-9_.-]*)(?:\{|\.["'] \+)""", source))
    whole = set(re.findall(r"""["']([a-z]+\.[a-z0-9_.-]+)["']""", source))
    unused = {key for key in en.MESSAGES if key not in whole and not key.startswith(beginnings)}
    assert not unused


def test_the_process_of_the_tests_has_not_imported_tensorflow() -> None:
    # All test modules have been imported by now, where the whole suite runs.
    assert "tensorflow" not in sys.modules
