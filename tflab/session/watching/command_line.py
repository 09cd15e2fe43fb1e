"""The program that is given to ``python -c``: Python calls it ``<string>``, as it calls much that is nobody's."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

COMMAND: Final = "<string>"
"""The file name of code that was given on the command line."""
_LETTERS: Final = re.compile(r"-(?P<before>[A-Za-z?]*?)(?P<last>[cmWX])(?P<rest>.*)", re.DOTALL)
"""Options of one letter stand together; each of these four takes what follows it."""


def code_given(words: Sequence[str]) -> str | None:
    """The program after ``-c`` in ``words``, the command line of a Python; None where it has none."""
    following = iter(words[1:])
    for word in following:
        if word == "--check-hash-based-pycs":
            next(following, None)
            continue
        if not word.startswith("-") or word == "-":
            return None
        found = None if word.startswith("--") else _LETTERS.fullmatch(word)
        if found is None:
            continue
        value = found["rest"] or next(following, "")
        if found["last"] == "c":
            return value
        if found["last"] == "m":
            return None
    return None
