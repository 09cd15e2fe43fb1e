"""What a person sees of ``tflab run`` in a terminal."""

from __future__ import annotations

import io
import os
import threading
from collections.abc import Iterator

import pyte
import pytest

from tflab.cli.run_output import RunOutput


class _Terminal:
    """Two streams into one screen of 40 columns."""

    def __init__(self) -> None:
        self.screen = pyte.Screen(40, 8)
        # What a terminal does with a newline.
        self.screen.set_mode(pyte.modes.LNM)
        stream = pyte.ByteStream(self.screen)

        class Raw(io.RawIOBase):
            def writable(self) -> bool:
                return True

            def isatty(self) -> bool:
                return True

            def write(self, data: object) -> int:
                assert isinstance(data, (bytes, bytearray, memoryview))
                stream.feed(bytes(data))
                return len(data)

        self.streams = [io.TextIOWrapper(io.BufferedWriter(Raw()), encoding="utf-8") for _ in range(2)]
        self.output = RunOutput(*self.streams)

    def lines(self) -> list[str]:
        return [line.rstrip() for line in self.screen.display if line.strip()]


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[_Terminal]:
    monkeypatch.setattr("shutil.get_terminal_size", lambda: os.terminal_size((40, 8)))
    terminal = _Terminal()
    yield terminal
    for stream in terminal.streams:
        stream.close()


def test_the_live_line_stays_below_the_programs_output(terminal: _Terminal) -> None:
    terminal.output.live("loss 2.3")
    terminal.output.write("stdout", "epoch 1\n")
    terminal.output.live("loss 1.1 and more than fits into a line of this terminal")
    terminal.output.write("stderr", "epoch 2\n")
    terminal.output.live("loss 0.5")
    assert terminal.lines() == ["epoch 1", "epoch 2", "loss 0.5"]
    terminal.output.live("")
    assert terminal.lines() == ["epoch 1", "epoch 2"]


def test_a_line_in_progress_is_left_alone(terminal: _Terminal) -> None:
    terminal.output.write("stdout", "progress 50%\r")
    terminal.output.live("loss 2.3")
    assert terminal.lines() == ["progress 50%"]
    terminal.output.say("done")
    assert terminal.lines() == ["progress 50%", "done"]


def test_our_own_lines_are_folded(terminal: _Terminal) -> None:
    terminal.output.say("    1. shape · the argument x had the shape (32, 6) before")
    assert terminal.lines() == ["    1. shape · the argument x had the", "       shape (32, 6) before"]


@pytest.mark.parametrize("buffering", [0, -1], ids=["python -u", "buffered"])
def test_a_stream_that_takes_little_at_once_gets_everything(buffering: int) -> None:
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    text = "".join(f"line {number}\n" for number in range(100_000))
    read = bytearray()

    def read_all() -> None:
        while piece := os.read(reading, 4096):
            read.extend(piece)

    reader = threading.Thread(target=read_all)
    reader.start()
    with io.TextIOWrapper(os.fdopen(writing, "wb", buffering), encoding="utf-8", write_through=True) as stream:
        RunOutput(stream, stream).write("stdout", text)
    reader.join(60)
    os.close(reading)
    assert read.decode() == text
