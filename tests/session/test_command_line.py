"""The program of ``python -c``, found in the command line that Python itself was given."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests.sessions import PATIENCE
from tflab.session.watching.command_line import code_given

PROGRAM = "import json, sys\nprint(json.dumps(sys.orig_argv))"


@pytest.mark.parametrize(
    "words",
    [
        ["-c", PROGRAM],
        ["-c", PROGRAM, "-c", "another"],
        [f"-c{PROGRAM}"],
        ["-uIc", PROGRAM, "x"],
        ["-W", "ignore", "-X", "utf8", "-Wdefault", "-c", PROGRAM, "-m", "x"],
        ["--check-hash-based-pycs", "never", "-c", PROGRAM],
    ],
)
def test_the_program_is_what_python_ran(words: list[str]) -> None:
    ran = subprocess.run([sys.executable, *words], capture_output=True, text=True, timeout=PATIENCE, check=True)
    assert code_given(json.loads(ran.stdout)) == PROGRAM


@pytest.mark.parametrize(
    "words", [[], ["-"], ["a.py", "-c", "x"], ["-m", "json.tool", "-c"], ["-umjson.tool", "-c"], ["-i", "-W", "-c"]]
)
def test_without_one_there_is_none(words: list[str]) -> None:
    assert code_given(["python", *words]) is None
