"""What a screen looks like, as a file that people can read and compare.

A file has the text, then the look of every cell: runs of ``code*cells``, rows alike drawn together. What a code
stands for in the dark and in the light theme is in ``styles.txt``, once for all files, so that another colour changes
one line there and a part that is drawn in another role changes the file of its screen. Pictures and heat maps, each
cell of which has colours of its own, are told apart by a checksum.

``TFLAB_SNAPSHOTS=write`` draws the files anew.
"""

from __future__ import annotations

import difflib
import os
import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Final

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region

FOLDER: Final = Path(__file__).parent / "snapshots"
_RULE: Final = "~~~ styles"
_CODE: Final = re.compile(r"([a-z]+)\*")


@dataclass(frozen=True)
class Cell:
    """One cell: its glyph (empty behind a wide one) and its look."""

    glyph: str
    look: str


Picture = Sequence[Sequence[Cell]]


def look_of(style: Style | None) -> str:
    """``#d7dbe2 on #14171c bold``."""
    if style is None:
        return "plain"
    ink = style.color.name if style.color is not None else "default"
    ground = style.bgcolor.name if style.bgcolor is not None else "default"
    switches = [name for name in ("bold", "dim", "italic", "underline", "reverse", "strike") if getattr(style, name)]
    return " ".join([f"{ink} on {ground}", *switches])


def picture_of(rows: Sequence[Sequence[Segment]], region: Region) -> Picture:
    """The cells of a part of the screen."""
    picture = []
    for row in rows[region.y : region.bottom]:
        cells: list[Cell] = []
        for segment in row:
            look = look_of(segment.style)
            for glyph in segment.text:
                width = cell_len(glyph)
                if width == 0 and cells:
                    cells[-1] = Cell(cells[-1].glyph + glyph, look)
                cells += [Cell(glyph, look), Cell("", look)][:width]
        picture.append(cells[region.x : region.right])
    return picture


class Styles:
    """The codes of all looks that snapshots show: a pair, dark and light, for each."""

    def __init__(self, file: Path = FOLDER / "styles.txt") -> None:
        self._file = file
        lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
        self.pairs: dict[str, tuple[str, str]] = {}
        for line in lines:
            code, _, pair = line.partition("  ")
            dark, _, light = pair.partition(" | ")
            self.pairs[code] = (dark, light)
        self._codes = {pair: code for code, pair in self.pairs.items()}

    def code(self, dark: str, light: str) -> str:
        """The code of a pair; a new one where it has none."""
        found = self._codes.get((dark, light))
        if found is None:
            number, found = len(self.pairs), ""
            while number >= 0:
                found = chr(ord("a") + number % 26) + found
                number = number // 26 - 1
            self.pairs[found] = (dark, light)
            self._codes[(dark, light)] = found
        return found

    def write(self) -> None:
        """Keeps them."""
        lines = [f"{code}  {dark} | {light}\n" for code, (dark, light) in self.pairs.items()]
        self._file.write_text("".join(lines), encoding="utf-8")


def _ink(cell: Cell) -> str:
    return cell.look.partition(" ")[0]


def _looks(dark: Picture, light: Picture, styles: Styles) -> Iterator[str]:
    """The style lines of a picture."""
    rows = []
    for row_dark, row_light in zip(dark, light, strict=True):
        codes, pixels = [], ""
        for on_dark, on_light in zip(row_dark, row_light, strict=True):
            if on_dark.glyph in ("▀", "█", "■", "×") and _ink(on_dark) == _ink(on_light):
                pixels += on_dark.look + on_light.look
                codes.append("pixels")
            else:
                codes.append(styles.code(on_dark.look, on_light.look))
        runs = [f"{code}*{len(list(same))}" for code, same in groupby(codes)]
        rows.append(" ".join([*runs, *([f"{zlib.crc32(pixels.encode()):08x}"] if pixels else [])]))
    first = 1
    for line, same in groupby(rows):
        last = first + len(list(same)) - 1
        yield f"{first}: {line}" if first == last else f"{first}-{last}: {line}"
        first = last + 1


def written(dark: Picture, light: Picture, styles: Styles) -> str:
    """A screen in both themes, as its file has it."""
    text = ["".join(cell.glyph for cell in row).rstrip() for row in dark]
    return "\n".join([*text, _RULE, *_looks(dark, light, styles)]) + "\n"


def difference(name: str, expected: str, shown: str, styles: Styles) -> str:
    """What has changed, line by line, and what the codes in those lines stand for."""
    changed = list(difflib.unified_diff(expected.splitlines(), shown.splitlines(), "as it was", "as it is", "", "", 1))
    codes = {code for line in changed if line[:1] in "+-" for code in _CODE.findall(line)}
    meant = [f"  {code}: {' | '.join(styles.pairs[code])}" for code in sorted(codes) if code in styles.pairs]
    told = ["", "codes in it (dark | light):", *meant] if meant else []
    hint = "\nWhere that is meant: TFLAB_SNAPSHOTS=write python -m pytest tests/ui/test_snapshots.py"
    return "\n".join([f"{name} looks different:", *changed, *told]) + hint


def compare(name: str, dark: Picture, light: Picture, styles: Styles) -> str:
    """Empty where the screen looks as its file says, else what is different; writes the file where that is asked."""
    file = FOLDER / f"{name}.txt"
    shown = written(dark, light, styles)
    if os.environ.get("TFLAB_SNAPSHOTS") == "write":
        file.write_text(shown, encoding="utf-8")
        styles.write()
    expected = file.read_text(encoding="utf-8") if file.exists() else ""
    return "" if shown == expected else difference(name, expected, shown, styles)
