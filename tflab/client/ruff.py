"""The linter and formatter, as a program: `check` and `format_source` run it once and wait for it.

All steps of a document are checked together, as the cells of a notebook: a name that an earlier step defines is
defined, an import that a later step uses is used, and ``%magics`` are no errors.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final

from tflab.messages import text
from tflab.protocol.diagnostics import Diagnostic, Unformattable

RULES: Final = "E9,F,B006,B015,B023,E711,E712,E722,PLE"
"""What is wrong or will be a surprise; matters of taste are left to the formatter."""
_CANNOT_RUN: Final = ("E9", "F821", "F7", "PLE", "invalid-syntax")
_GIVEN_NAMES: Final = 'builtins = ["display", "get_ipython"]'
"""What IPython puts into every namespace."""
_PATIENCE: Final = 20.0
"""Seconds that the program may take on a busy machine."""


class Ruff:
    """Ruff where it is installed; where it is not, nothing is found and nothing can be laid out."""

    def check(self, sources: Sequence[str]) -> list[list[Diagnostic]]:
        """What is to be said of each of the steps, in order of lines."""
        found = _checked(sources)
        broken = {index for index, each in enumerate(found) if any(one.code == "invalid-syntax" for one in each)}
        if broken:
            # One step that cannot be read would hide what is to be said of the others.
            rest = _checked(["" if index in broken else source for index, source in enumerate(sources)])
            # A name or an import of the step left out may be just what is missing in another.
            found = [
                found[index] if index in broken else [one for one in each if one.code not in ("F821", "F401")]
                for index, each in enumerate(rest)
            ]
        return found

    def format_source(self, source: str) -> str:
        """The code of one step, laid out. Raises `Unformattable`."""
        output = _run("format", _notebook([source]))
        try:
            return "".join(json.loads(output)["cells"][0]["source"])
        except (ValueError, LookupError, TypeError):
            broken = self.check([source])[0]
            if broken and broken[0].code == "invalid-syntax":
                raise Unformattable(
                    text("client.ruff.syntax", line=broken[0].row + 1, message=broken[0].message)
                ) from None
            raise Unformattable(text("client.ruff.missing")) from None


def _checked(sources: Sequence[str]) -> list[list[Diagnostic]]:
    found: list[list[Diagnostic]] = [[] for _ in sources]
    options = ("--output-format", "json", "--select", RULES, "--config", _GIVEN_NAMES, "--exit-zero")
    try:
        reports = json.loads(_run("check", _notebook(sources), *options) or "[]")
        for report in reports:
            found[int(report["cell"]) - 1].append(_diagnostic(report))
    except (ValueError, LookupError, TypeError):
        # A Ruff that reports in another form is as good as none.
        return [[] for _ in sources]
    return [sorted(each, key=lambda one: (one.row, one.column)) for each in found]


def _diagnostic(report: dict[str, Any]) -> Diagnostic:
    start, end = report["location"], report["end_location"]
    code = str(report["code"] or "invalid-syntax")
    return Diagnostic(
        row=max(0, int(start["row"]) - 1),
        column=max(0, int(start["column"]) - 1),
        end_row=max(0, int(end["row"]) - 1),
        end_column=max(0, int(end["column"]) - 1),
        code=code,
        message=str(report["message"]).splitlines()[0],
        severity="error" if code.startswith(_CANNOT_RUN) else "warning",
    )


def _notebook(sources: Sequence[str]) -> str:
    cells: list[dict[str, Any]] = [
        {
            "cell_type": "code",
            "execution_count": None,
            "id": f"cell-{index}",
            "metadata": {},
            "outputs": [],
            "source": source.splitlines(keepends=True),
        }
        for index, source in enumerate(sources)
    ]
    language = {"language_info": {"name": "python"}}
    return json.dumps({"cells": cells, "metadata": language, "nbformat": 4, "nbformat_minor": 5})


@lru_cache(maxsize=1)
def _program() -> str | None:
    try:
        from ruff import find_ruff_bin

        return str(find_ruff_bin())
    except (ImportError, FileNotFoundError):
        return None


def _run(command: str, notebook: str, *options: str) -> str:
    """What Ruff writes about ``notebook``; empty where it cannot run."""
    program = _program()
    if program is None:
        return ""
    words = [program, command, "--isolated", "--no-cache", "--quiet", *options, "--stdin-filename", "steps.ipynb", "-"]
    try:
        done = subprocess.run(
            words, input=notebook, capture_output=True, encoding="utf-8", timeout=_PATIENCE, check=False
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout
