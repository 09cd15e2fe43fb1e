"""What a linter says of code that has not run."""

from __future__ import annotations

from typing import Literal

import msgspec


class Diagnostic(msgspec.Struct, frozen=True, kw_only=True):
    """Something about one place of a step's code. Rows and columns count from 0, in characters."""

    row: int
    column: int
    end_row: int
    end_column: int
    code: str
    """The linter's name for it (``F821``); ``invalid-syntax`` where the code cannot be read."""
    message: str
    """One line, in English, as the linter says it."""
    severity: Literal["error", "warning"]
    """``error`` where the code cannot run to its end as it is."""


class Unformattable(Exception):
    """Code that cannot be laid out; ``str`` says in one line why."""
