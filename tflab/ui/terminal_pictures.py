"""Pictures that the terminal draws itself, by kitty's graphics protocol; it has those in sight and no others.

The library textual-image does this, too, but blocks on questions to the terminal while it is imported, takes any answer
for one about placeholders, decodes with Pillow in this process what a sandboxed program made, writes from wherever it
is drawn, and never limits what it sends.
"""

from __future__ import annotations

import base64
import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from tflab.state.pictures import Picture, WholePicture
from tflab.state.png import bare_png
from tflab.ui.placeholders import MARKS, PLACEHOLDER, placeholder_rows
from tflab.ui.widgets.half_blocks import cells_of
from tflab.ui.widgets.rows import Row

if TYPE_CHECKING:
    from textual.app import App

MOST_AT_ONCE: Final = 2 << 20
A_SECOND: Final = 1 << 20
"""Characters that the terminal is sent: where a program draws faster, pictures are shown small until it rests."""
PAUSE: Final = 0.5
"""Seconds after which a picture that had to stay small is tried again."""
_CHUNK: Final = 4096
"""Characters that one command may carry."""
_FIRST: Final = 0x7F0000
"""Numbers begin here: other programs of the same window have pictures, too."""


class _Place(NamedTuple):
    whole: WholePicture
    columns: int
    lines: int


class TerminalPictures:
    """What the terminal has of the pictures; ``write`` sends to it, in order with what is drawn."""

    def __init__(self, write: Callable[[str], None], clock: Callable[[], float] = time.monotonic) -> None:
        self._write = write
        self._clock = clock
        self.usable = False
        """Whether the terminal has said that it draws pictures; until then there are none."""
        self._sent: dict[int, _Place] = {}
        self._offered: dict[int, _Place] = {}
        """What `rows` has given since `show` was last called."""
        self._room = float(MOST_AT_ONCE)
        self._counted = clock()
        self._refused = False

    def rows(self, picture: Picture, width: int, height: int) -> list[Row] | None:
        """The cells of the picture, as many as of half blocks; None where it is to be shown in those."""
        whole = picture.whole
        if not self.usable or whole is None or not whole.encoded:
            return None
        columns, lines = cells_of(picture, width, height)
        if max(columns, lines) > len(MARKS):
            return None
        place, number = _Place(whole, columns, lines), _FIRST | whole.number & 0xFFFF
        there = self._sent.get(number)
        if (there is None or there.whole is not whole) and len(whole.encoded) > self._room_now():
            self._refused = True
            return None
        self._offered[number] = place
        return placeholder_rows(number, columns, lines)

    def show(self, rows: Iterable[Row]) -> bool:
        """Sends what the ``rows`` in sight need and deletes what they do not; whether some had to stay small.

        To be called before they are drawn.
        """
        roles = {role for row in rows for shown, role in row if shown.startswith(PLACEHOLDER)}
        known = {**self._sent, **self._offered}
        wanted = {number: place for number, place in known.items() if placeholder_rows(number, 1, 1)[0][0][1] in roles}
        for number, place in list(self._sent.items()):
            if number not in wanted or wanted[number].whole is not place.whole:
                self._delete(number)
        for number, place in wanted.items():
            if number not in self._sent:
                self._send(number, place)
            elif self._sent[number] != place:
                self._write(_placing(number, place))
                self._sent[number] = place
        self._offered.clear()
        refused, self._refused = self._refused, False
        return refused

    def clear(self) -> None:
        """The terminal forgets all of them; those in sight are sent again when they are drawn anew."""
        for number in list(self._sent):
            self._delete(number)

    def _room_now(self) -> float:
        now = self._clock()
        self._room = min(MOST_AT_ONCE, self._room + A_SECOND * (now - self._counted))
        self._counted = now
        return self._room

    def _send(self, number: int, place: _Place) -> None:
        png = bare_png(place.whole.encoded)
        if png is None:
            # The cells stay white this once; the next time there are half blocks.
            place.whole.encoded = ""
            self._refused = True
            return
        encoded = base64.b64encode(png).decode("ascii")
        self._room -= len(encoded)
        chunks = [encoded[at : at + _CHUNK] for at in range(0, len(encoded), _CHUNK)]
        commands = []
        # No answers are wanted (q=2): whatever goes wrong, keys go on being keys.
        keys = f"a=t,f=100,q=2,i={number},"
        for left, chunk in zip(range(len(chunks) - 1, -1, -1), chunks, strict=True):
            commands.append(f"\x1b_G{keys}m={int(left > 0)};{chunk}\x1b\\")
            keys = "q=2,"
        self._write("".join([*commands, _placing(number, place)]))
        self._sent[number] = place

    def _delete(self, number: int) -> None:
        del self._sent[number]
        self._write(f"\x1b_Ga=d,d=I,q=2,i={number}\x1b\\")


def _placing(number: int, place: _Place) -> str:
    """Spreads a picture over its cells; another size takes the place of the one before (p=1)."""
    return f"\x1b_Ga=p,U=1,q=2,i={number},p=1,c={place.columns},r={place.lines}\x1b\\"


def pictures_of(app: App[Any]) -> TerminalPictures | None:
    """The app's pictures; None where it has none."""
    found = getattr(app, "pictures", None)
    return found if isinstance(found, TerminalPictures) else None
