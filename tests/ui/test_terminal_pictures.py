"""What the terminal is sent of pictures, and when."""

from __future__ import annotations

import base64
import re
import struct
import zlib

import pytest

from tflab.state.output import OutputStore
from tflab.state.pictures import MOST_ENCODED, MOST_KEPT, Picture
from tflab.state.png import MOST_SIDE, bare_png
from tflab.ui.placeholders import MARKS, PLACEHOLDER, without_placeholders
from tflab.ui.terminal_pictures import A_SECOND, MOST_AT_ONCE, TerminalPictures
from tflab.ui.widgets.half_blocks import picture_rows
from tflab.ui.widgets.rows import Row, text_of, width_of

HEADER = struct.pack(">IIBBBBB", 4, 2, 8, 2, 0, 0, 0)
PIXELS = zlib.compress(bytes(2 * (1 + 3 * 4)))


def chunk(kind: bytes, data: bytes = b"") -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(*extra: bytes, header: bytes = HEADER) -> bytes:
    """A black picture of 4 by 2 pixels, with further chunks in it."""
    return b"".join([b"\x89PNG\r\n\x1a\n", chunk(b"IHDR", header), *extra, chunk(b"IDAT", PIXELS), chunk(b"IEND")])


def encoded(data: bytes) -> str:
    return base64.b64encode(data).decode()


def stored(*files: str) -> list[Picture]:
    """The pictures of an output with these PNG files in base64."""
    store = OutputStore()
    store.begin(0)
    for file in files:
        store.picture(4, 4, bytes(48))
        store.result({"image/png": file, "text/plain": ""}, None, False)
    lines = [store.line(index) for index in range(len(store))]
    return [line.picture for line in lines if line.picture is not None]


class Sent:
    """A terminal that draws pictures, with a clock of its own."""

    def __init__(self) -> None:
        self.commands: list[str] = []
        self.now = 0.0
        self.pictures = TerminalPictures(self.commands.append, lambda: self.now)
        self.pictures.usable = True

    def rows(self, picture: Picture) -> list[Row]:
        rows = self.pictures.rows(picture, 40, 10)
        assert rows is not None
        return rows

    def actions(self) -> list[str]:
        """What was done to which picture since the last call."""
        found = re.findall(r"\x1b_G(?=[^;\x1b]*a=(\w))(?=[^;\x1b]*i=(\d+))", "".join(self.commands))
        self.commands.clear()
        return [f"{action} {int(number) & 0xFFFF}" for action, number in found]


def test_a_picture_is_sent_once_and_stays_as_long_as_a_part_of_it_is_in_sight() -> None:
    sent, (first, second) = Sent(), stored(encoded(png()), encoded(png()))
    one, two = sent.rows(first), sent.rows(second)
    assert not sent.pictures.show(one)
    assert sent.actions() == ["t 1", "p 1"]
    sent.rows(first)
    assert not sent.pictures.show(one)
    assert sent.actions() == []
    sent.rows(second)
    assert not sent.pictures.show([*one[-1:], *two[:1]])
    assert sent.actions() == ["t 2", "p 2"]
    assert not sent.pictures.show([*two[1:], [("text", "")]])
    assert sent.actions() == ["d 1"]
    assert not sent.pictures.show([])
    assert sent.actions() == ["d 2"]


def test_the_file_goes_in_pieces_that_a_command_may_carry() -> None:
    noise = encoded(png(chunk(b"IDAT", bytes(range(256)) * 60)))
    sent, (picture,) = Sent(), stored(noise)
    sent.pictures.show(sent.rows(picture))
    (written,) = sent.commands
    pieces = re.findall(r"\x1b_G([^;\x1b]*);([A-Za-z0-9+/=]+)\x1b\\", written)
    assert len(pieces) > 3
    assert all(len(payload) <= 4096 and len(payload) % 4 == 0 for _, payload in pieces)
    assert ["m=1" in keys for keys, _ in pieces] == [True] * (len(pieces) - 1) + [False]
    assert "".join(payload for _, payload in pieces) == noise


def test_another_size_places_the_picture_anew() -> None:
    sent, (picture,) = Sent(), stored(encoded(png()))
    sent.pictures.show(sent.rows(picture))
    sent.actions()
    smaller = sent.pictures.rows(picture, 2, 1)
    assert smaller is not None
    sent.pictures.show(smaller)
    assert re.findall("c=.*r=[0-9]+", sent.commands[0]) == ["c=2,r=1"]
    assert sent.actions() == ["p 1"]
    sent.pictures.show(smaller)
    assert sent.actions() == []


def test_what_the_terminal_lost_is_sent_again() -> None:
    sent, (picture,) = Sent(), stored(encoded(png()))
    sent.pictures.show(sent.rows(picture))
    sent.pictures.clear()
    assert sent.actions() == ["t 1", "p 1", "d 1"]
    sent.pictures.show(sent.rows(picture))
    assert sent.actions() == ["t 1", "p 1"]


def test_the_picture_of_another_output_takes_the_place_of_one_with_its_number() -> None:
    sent, (old,), (new,) = Sent(), stored(encoded(png())), stored(encoded(png()))
    sent.pictures.show(sent.rows(old))
    sent.pictures.show(sent.rows(new))
    assert sent.actions() == ["t 1", "p 1", "d 1", "t 1", "p 1"]


def test_a_program_that_draws_without_end_is_shown_small_until_there_is_room() -> None:
    file = encoded(png(chunk(b"IDAT", bytes(450_000))))
    sent, pictures = Sent(), stored(*[file] * 6)
    drawn = 0
    for picture in pictures:
        rows = sent.pictures.rows(picture, 40, 10)
        refused = sent.pictures.show(rows or [])
        assert refused is (rows is None)
        drawn += rows is not None
    assert 1 <= drawn < len(pictures)
    assert sum(map(len, sent.commands)) < MOST_AT_ONCE * 1.1
    sent.now += len(file) / A_SECOND + 1
    assert sent.pictures.rows(pictures[-1], 40, 10) is not None


def test_there_are_none_before_the_terminal_said_so() -> None:
    sent, (picture,) = Sent(), stored(encoded(png()))
    sent.pictures.usable = False
    assert sent.pictures.rows(picture, 40, 10) is None


def test_a_picture_takes_the_cells_of_its_half_blocks() -> None:
    sent, (picture,) = Sent(), stored(encoded(png()))
    for width, height in [(40, 10), (3, 10), (40, 1), (1, 1)]:
        rows = sent.pictures.rows(picture, width, height)
        assert rows is not None
        assert [width_of(row) for row in rows] == [width_of(row) for row in picture_rows(picture, width, height)]
        assert without_placeholders("".join(map(text_of, rows)) + "x") == "x"
        assert text_of(rows[0]).startswith(PLACEHOLDER + MARKS[0] + MARKS[0])


def test_a_damaged_file_is_shown_small() -> None:
    sent, (picture,) = Sent(), stored(encoded(png())[:-8])
    assert sent.pictures.show(sent.rows(picture)), "drawn once more"
    assert sent.commands == []
    assert sent.pictures.rows(picture, 40, 10) is None


def test_only_the_latest_files_are_kept_and_none_that_is_large() -> None:
    file = encoded(png()).ljust(MOST_ENCODED, "\n")
    pictures = stored(*[file] * 20, file + "\n")
    assert pictures[-1].whole is None
    sizes = [len(picture.whole.encoded) for picture in pictures[:-1] if picture.whole is not None]
    assert sum(sizes) <= MOST_KEPT
    assert [bool(size) for size in sizes] == sorted(bool(size) for size in sizes)
    assert any(sizes)


def test_a_jpeg_has_no_file_for_the_terminal() -> None:
    store = OutputStore()
    store.begin(0)
    store.picture(4, 2, bytes(24))
    store.result({"image/jpeg": "/9j/", "text/plain": ""}, None, False)
    picture = store.line(1).picture
    assert picture is not None
    assert picture.whole is None


def test_a_file_keeps_only_what_its_pixels_need() -> None:
    plain = png(chunk(b"PLTE", bytes(3)), chunk(b"tRNS", bytes(1)))
    hidden = png(chunk(b"tEXt", b"a\0b"), chunk(b"PLTE", bytes(3)), chunk(b"iCCP", bytes(9)), chunk(b"tRNS", bytes(1)))
    assert bare_png(encoded(hidden) + "\n") == plain
    assert bare_png(encoded(plain + b"after the end")) == plain


@pytest.mark.parametrize(
    "file",
    [
        b"",
        b"GIF89a",
        png()[:-4],
        png()[:40],
        png()[:16] + b"\1" + png()[17:],
        png(header=HEADER + b"\0"),
        png(header=struct.pack(">IIBBBBB", 0, 2, 8, 2, 0, 0, 0)),
        png(header=struct.pack(">IIBBBBB", MOST_SIDE + 1, 1, 8, 2, 0, 0, 0)),
        png(header=struct.pack(">IIBBBBB", MOST_SIDE, MOST_SIDE, 8, 2, 0, 0, 0)),
        b"\x89PNG\r\n\x1a\n" + chunk(b"IDAT", PIXELS) + chunk(b"IEND"),
        b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 0xFFFFFFFF) + b"IHDR" + HEADER,
    ],
)
def test_what_is_no_sound_file_of_a_bounded_size_is_not_sent(file: bytes) -> None:
    assert bare_png(encoded(file)) is None


def test_what_is_no_base64_is_not_sent() -> None:
    assert bare_png("=\x1b]0;title\x07") is None
