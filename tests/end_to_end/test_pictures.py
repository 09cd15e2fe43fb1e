"""Figures in a terminal that draws pictures itself, and in one that does not."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from tests.end_to_end.terminal import KITTY, Terminal
from tflab.ui.placeholders import MARKS, PLACEHOLDER

pytest.importorskip("matplotlib", reason="figures are inline only where matplotlib is installed")
Image = pytest.importorskip("PIL.Image", reason="comes with matplotlib")

PROGRAM = """\
import matplotlib.pyplot as plt
from IPython.display import clear_output


def show(colour):
    figure = plt.figure(figsize=(4, 3), dpi=100, facecolor=colour)
    figure.add_axes((0, 0, 1, 1)).set_axis_off()
    plt.show()


show((1, 0, 0))
input("first?")
clear_output()
show((0, 0, 1))
input("second?")
for number in range(200):
    print("line", number)
input("third?")
show((0, 1, 0))
"""
_COMMAND = re.compile(rb"\x1b_G([^;\x1b]*)(?:;([^\x1b]*))?\x1b\\")


def commands(terminal: Terminal) -> list[tuple[dict[str, str], bytes]]:
    """The graphics commands that were sent: keys and payload, those in pieces put together."""
    found: list[tuple[dict[str, str], bytes]] = []
    more = False
    for keys, payload in _COMMAND.findall(terminal.raw()):
        assert len(payload) <= 4096
        read = dict(pair.split("=") for pair in keys.decode().split(","))
        if more:
            assert set(read) <= {"m", "q"}
            found[-1] = (found[-1][0], found[-1][1] + payload)
        else:
            found.append((read, payload))
        more = read.get("m") == "1"
    # The rest of the last may be on its way.
    return found[:-1] if more else found


def sent(terminal: Terminal, action: str) -> list[tuple[dict[str, str], bytes]]:
    """The commands of one kind."""
    return [(keys, payload) for keys, payload in commands(terminal) if keys["a"] == action]


def placed(screen: str) -> list[tuple[int, int]]:
    """The rows and columns of a picture whose cells are on the screen, in reading order."""
    mark = f"[{''.join(MARKS)}]"
    cells = re.findall(f"{PLACEHOLDER}({mark})({mark})", screen)
    return [(MARKS.index(down), MARKS.index(across)) for down, across in cells]


def is_whole(screen: str, place: Mapping[str, str]) -> bool:
    """Whether a cell for each part is there; of a line of output that is too high for the pane, the end."""
    cells = [(row, column) for row in range(int(place["r"])) for column in range(int(place["c"]))]
    there = placed(screen)
    return len(there) > len(cells) // 2 and there == cells[-len(there) :]


def deleted(terminal: Terminal) -> list[str]:
    """The numbers of the pictures that the terminal was told to forget, with their pixels."""
    return [keys["i"] for keys, _ in sent(terminal, "d") if keys["d"] == "I"]


def answer(terminal: Terminal, prompt: str) -> None:
    """Presses Enter once the program asks; the code in sight has the same words, in quotes."""
    terminal.wait_until(lambda screen: re.search(rf'(?<!"){re.escape(prompt)}', screen) is not None, f"asked {prompt}")
    terminal.press("enter")


@pytest.fixture
def program(work_folder: Path) -> str:
    """A program that draws."""
    (work_folder / "figures.py").write_text(PROGRAM)
    return "figures.py"


def test_a_terminal_that_draws_pictures_has_those_in_sight_and_no_others(
    ready_lab: Callable[..., Terminal], program: str
) -> None:
    terminal = ready_lab("open", program, answers=KITTY, EDITOR="true", VISUAL="")
    # The cursor is in the code: an answer that was taken for keys would stand there.
    assert not re.search(r"31;OK|kitty", terminal.text())
    terminal.press("ctrl+r")
    screen = terminal.wait_for(PLACEHOLDER, 90)

    # THEN the terminal has the figure, in all its pixels
    ((keys, payload),) = sent(terminal, "t")
    assert keys["f"] == "100"
    picture = Image.open(io.BytesIO(base64.b64decode(payload, validate=True))).convert("RGB")
    assert picture.size == (420, 320), "4 by 3 inches, and a tenth of an inch around them"
    assert picture.getpixel((210, 160)) == (255, 0, 0)

    # ... and as many cells as it was given stand in the pane, one for each part, coloured as its number
    first = keys["i"]
    screen = terminal.wait_until(lambda screen: is_whole(screen, sent(terminal, "p")[-1][0]), "a whole picture")
    assert all((place["i"], place["U"]) == (first, "1") for place, _ in sent(terminal, "p"))
    colour = ";".join(str(part) for part in int(first).to_bytes(3, "big"))
    assert f"38;2;{colour};48;2;255;255;255m{PLACEHOLDER}".encode() in terminal.raw()
    assert "▀" not in screen

    # WHEN the output is cleared and another figure comes THEN the terminal forgets the first
    answer(terminal, "first?")
    terminal.wait_until(lambda _: len(sent(terminal, "t")) == 2, "the second figure sent")
    assert deleted(terminal) == [first]
    second = sent(terminal, "t")[1][0]["i"]
    terminal.wait_for(PLACEHOLDER)

    # WHEN the figure scrolls away THEN it goes, too
    answer(terminal, "second?")
    terminal.wait_for("line 199")
    terminal.wait_gone(PLACEHOLDER)
    assert deleted(terminal) == [first, second]

    # WHEN another program had the terminal THEN it had no picture of the lab's, which are there again afterwards
    answer(terminal, "third?")
    terminal.wait_for("session idle")
    terminal.wait_for(PLACEHOLDER)
    third = sent(terminal, "t")[-1][0]["i"]
    terminal.write("\x1be")
    terminal.wait_until(lambda _: deleted(terminal)[2:] == [third], "the picture deleted")
    terminal.wait_until(lambda _: len(sent(terminal, "t")) == 4, "the picture sent again")

    # WHEN the person quits with a figure in sight THEN nothing is left behind
    terminal.press("f10")
    assert terminal.wait_exit() == 0
    assert terminal.restored()
    assert deleted(terminal) == [keys["i"] for keys, _ in sent(terminal, "t")] == [first, second, third, third]


def test_a_terminal_that_does_not_answer_shows_half_blocks(ready_lab: Callable[..., Terminal], program: str) -> None:
    terminal = ready_lab("open", program)
    terminal.press("ctrl+r")
    screen = terminal.wait_for("▀▀▀▀", 90)
    assert PLACEHOLDER not in screen
    # It was asked, and sent nothing else.
    assert [keys["a"] for keys, _ in commands(terminal)] == ["q"]


@pytest.mark.parametrize("variable", [{"NO_COLOR": "1"}, {"COLORTERM": ""}, {"TMUX": "/tmp/tmux,1,0"}], ids=str)
def test_a_terminal_that_could_not_show_them_is_not_even_asked(
    open_lab: Callable[..., Terminal], program: str, variable: dict[str, str]
) -> None:
    terminal = open_lab("open", program, answers=KITTY, **variable)
    terminal.wait_for("plt.show()")
    terminal.press("f10")
    assert terminal.wait_exit() == 0
    assert commands(terminal) == []
