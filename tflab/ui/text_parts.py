"""The Markdown cells of a step as one text: a line of ``+++`` stands between two, as in MyST."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from tflab.ui.widgets.code_editing import Position

PartChange = Literal["add_above", "add_below", "split_cell", "join_cell", "delete_cell", "move_up", "move_down"]


@dataclass(frozen=True)
class TextParts:
    """A text and what stands between its parts."""

    mark: str = "+++"

    @classmethod
    def of(cls, sources: Sequence[str]) -> TextParts:
        """With a mark that none of ``sources`` has on a line."""
        lines = {line.rstrip() for source in sources for line in source.split("\n")}
        mark = "+++"
        while mark in lines:
            mark += "+"
        return cls(mark)

    def join(self, sources: Sequence[str]) -> str:
        """One text of the parts."""
        return f"\n\n{self.mark}\n\n".join(source.strip("\n") for source in sources)

    def split(self, text: str) -> list[str]:
        """The parts of a text; none of a blank one."""
        parts: list[list[str]] = [[]]
        for line in text.split("\n"):
            if line.rstrip() == self.mark:
                parts.append([])
            else:
                parts[-1].append(line)
        return ["\n".join(part).strip("\n") for part in parts] if text.strip() else []

    def part_at(self, text: str, row: int) -> int:
        """The part that a row is in."""
        return sum(line.rstrip() == self.mark for line in text.split("\n")[: row + 1])

    def start_of(self, text: str, part: int) -> Position:
        """Where a part begins."""
        rows = text.split("\n")
        marks = [-1, *(row for row, line in enumerate(rows) if line.rstrip() == self.mark)]
        row = marks[min(part, len(marks) - 1)] + 1
        # Behind the blank line below the mark.
        return (min(row + (part > 0 and row + 1 < len(rows) and not rows[row].strip()), len(rows) - 1), 0)

    def changed(self, change: PartChange, text: str, row: int, offset: int) -> tuple[str, Position] | None:
        """The text after a change of the part at the cursor, and where the cursor is then; None where there is none.

        The cursor is in ``row``, behind ``offset`` characters of the text.
        """
        parts = self.split(text) or [""]
        part = min(self.part_at(text, row), len(parts) - 1)
        if change == "add_above":
            parts.insert(part, "")
        elif change == "add_below":
            part += 1
            parts.insert(part, "")
        elif change == "split_cell":
            parts = self.split(f"{text[:offset]}\n{self.mark}\n{text[offset:]}")
            part += 1
        elif change == "delete_cell":
            del parts[part]
            part = max(0, min(part, len(parts) - 1))
        else:
            other = part - 1 if change == "move_up" else part + 1
            if not 0 <= other < len(parts):
                return None
            if change == "join_cell":
                parts[part : other + 1] = ["\n\n".join(source for source in parts[part : other + 1] if source)]
            else:
                parts[part], parts[other] = parts[other], parts[part]
                part = other
        joined = self.join(parts)
        return joined, self.start_of(joined, part)
