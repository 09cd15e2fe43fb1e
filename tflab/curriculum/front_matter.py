"""The block between two ``---`` lines at the top of a Markdown file.

The list of lessons shows at the first paint, so this reads the few plain forms that lessons use, without a YAML
library: ``key: value`` at the left margin, values plain, quoted, or ``[a, b]``. Indented lines (jupytext's own
settings) are passed over; anything else is an error with its line.
"""

from __future__ import annotations

import re

from tflab.messages import text as sentence

_ENTRY = re.compile(r"^([A-Za-z_][\w-]*):(?:[ \t]+(.*?))?[ \t]*$")

Value = str | list[str]


class BrokenFrontMatter(ValueError):
    """Front matter that cannot be read."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(f"line {line}: {reason}")
        self.line = line
        """1-based, in the file."""
        self.reason = reason


def split_front_matter(text: str) -> tuple[list[str], str, int]:
    """The lines between the marks, the text after them, and the 0-based line that the text starts at.

    No front matter gives an empty list and the whole text. Raises `BrokenFrontMatter` where the block never ends.
    """
    lines = text.split("\n")
    if lines[0].rstrip() != "---":
        return [], text, 0
    for number, line in enumerate(lines[1:], start=1):
        if line.rstrip() in ("---", "..."):
            return lines[1:number], "\n".join(lines[number + 1 :]), number + 1
    raise BrokenFrontMatter(1, sentence("curriculum.front_matter.open"))


def parse_entries(lines: list[str], first_line: int = 2) -> dict[str, Value]:
    """The entries at the left margin; ``first_line`` is where ``lines`` start in the file, for error messages."""
    entries: dict[str, Value] = {}
    for number, line in enumerate(lines, start=first_line):
        if not line.strip() or line[0] in " \t#" or line.startswith("- "):
            continue
        entry = _ENTRY.match(line)
        if entry is None:
            raise BrokenFrontMatter(number, sentence("curriculum.front_matter.no_entry", line=line.strip()[:60]))
        key, value = entry[1], entry[2] or ""
        if key in entries:
            raise BrokenFrontMatter(number, sentence("curriculum.front_matter.twice", key=key))
        try:
            entries[key] = parse_value(value)
        except ValueError as error:
            raise BrokenFrontMatter(number, f"{key}: {error}") from None
    return entries


def parse_value(text: str) -> Value:
    """A plain or quoted string, or a list in brackets. Raises ValueError."""
    text = text.strip()
    if text.startswith("["):
        if not text.endswith("]"):
            raise ValueError(sentence("curriculum.front_matter.open_list"))
        return [_scalar(item) for item in text[1:-1].split(",") if item.strip()]
    return _scalar(text)


def _scalar(text: str) -> str:
    text = text.strip()
    if text[:1] in ('"', "'"):
        quote = text[0]
        if len(text) < 2 or not text.endswith(quote):
            raise ValueError(sentence("curriculum.front_matter.open_quote"))
        inner = text[1:-1]
        return inner.replace("''", "'") if quote == "'" else inner.replace('\\"', '"').replace("\\\\", "\\")
    if text[:1] in ("&", "*", "!", "|", ">", "%", "@", "{"):
        raise ValueError(sentence("curriculum.front_matter.needs_quotes"))
    if ": " in text or " #" in text:
        raise ValueError(sentence("curriculum.front_matter.needs_quotes"))
    return text
