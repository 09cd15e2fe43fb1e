"""stdout, stderr and stdin of a session."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator

import pytest

from tflab.protocol.events import StreamName
from tflab.session.raw_order import BUDGET, LATE, PATIENCE, RawOrder
from tflab.session.streams import InputStream, OutputStream


class Sink:
    """Keeps what is written."""

    def __init__(self) -> None:
        self.written: list[tuple[StreamName, str]] = []

    def write(self, name: StreamName, text: str) -> None:
        self.written.append((name, text))


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    read, write = os.pipe()
    yield read, write
    os.close(read)
    os.close(write)


def test_bound_text_goes_to_the_sink() -> None:
    sink, stream = Sink(), OutputStream("stderr", 2)
    stream.bind(sink)

    print("a", 1, file=stream)
    stream.writelines(["x", "y"])

    assert "".join(text for _, text in sink.written) == "a 1\nxy"
    assert {name for name, _ in sink.written} == {"stderr"}


def test_bytes_may_be_cut_inside_a_character() -> None:
    sink, stream = Sink(), OutputStream("stdout", 1)
    stream.bind(sink)

    for byte in "\u20ac\n".encode():
        stream.buffer.write(bytes([byte]))

    assert "".join(text for _, text in sink.written) == "\u20ac\n"


def test_unbound_text_goes_to_the_descriptor_in_whole_lines(pipe: tuple[int, int]) -> None:
    stream = OutputStream("stdout", pipe[1])

    stream.write("one")
    stream.write(" line\nand")
    assert os.read(pipe[0], 100) == b"one line\n"

    stream.flush()
    assert os.read(pipe[0], 100) == b"and"


def test_it_is_a_text_stream_that_is_no_terminal_and_never_closes() -> None:
    stream = OutputStream("stdout", 1)
    stream.bind(Sink())

    assert isinstance(stream, io.TextIOBase)
    assert (stream.encoding, stream.isatty(), stream.fileno(), stream.writable()) == ("utf-8", False, 1, True)
    stream.close()
    stream.write("still open")
    with pytest.raises(TypeError):
        stream.write(b"bytes")  # type: ignore[arg-type]


def test_input_is_asked_line_by_line_until_it_ends() -> None:
    answers: list[str | None] = ["a", "", "b", None, None]
    stream = InputStream(lambda: answers.pop(0))

    assert stream.readline() == "a\n"
    assert list(stream) == ["\n", "b\n"]
    assert stream.read() == ""


class Clock:
    """Time that passes by sleeping."""

    def __init__(self) -> None:
        self.time = 0.0

    def now(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.time += seconds


# --- behind raw output ---------------------------------------------------------------------------------------------


def test_an_empty_pipe_makes_nobody_wait(pipe: tuple[int, int]) -> None:
    waits: list[float] = []
    order = RawOrder(pipe[1], sleep=waits.append)

    order.catch_up()

    assert waits == []


def test_text_waits_until_the_pipe_is_read(pipe: tuple[int, int]) -> None:
    os.write(pipe[1], b"raw")
    read: list[bytes] = []
    order = RawOrder(pipe[1], sleep=lambda _: read.append(os.read(pipe[0], 10)))

    order.catch_up()

    assert read == [b"raw"]


def test_text_waits_for_every_pipe_and_for_none_that_was_closed(pipe: tuple[int, int]) -> None:
    closed, other = os.pipe()
    os.close(closed)
    os.close(other)
    os.write(pipe[1], b"raw")
    read: list[bytes] = []
    order = RawOrder(other, pipe[1], sleep=lambda _: read.append(os.read(pipe[0], 10)))

    order.catch_up()

    assert read == [b"raw"]


def test_the_prints_of_a_cell_give_order_up_when_their_budget_is_used(pipe: tuple[int, int]) -> None:
    os.write(pipe[1], b"raw")
    clock = Clock()
    order = RawOrder(pipe[1], sleep=clock.sleep, now=clock.now)

    for _ in range(1000):
        order.catch_up()
    used = clock.time
    order.cell_starts()
    order.catch_up()

    assert BUDGET + LATE <= used < BUDGET + LATE + 0.1
    assert clock.time > used


def test_text_waits_for_a_lab_that_comes_late(pipe: tuple[int, int]) -> None:
    os.write(pipe[1], b"raw")
    clock = Clock()
    read: list[bytes] = []

    def sleep(seconds: float) -> None:
        clock.sleep(seconds)
        if clock.time > LATE / 2 and not read:
            read.append(os.read(pipe[0], 10))

    RawOrder(pipe[1], sleep=sleep, now=clock.now).catch_up()

    assert read == [b"raw"]
    assert clock.time < LATE


@pytest.mark.parametrize("more", [b"more", b"x" * 70_000], ids=["a little", "more than there is room for"])
def test_text_waits_for_no_end_of_a_flood(pipe: tuple[int, int], more: bytes) -> None:
    os.set_blocking(pipe[1], False)
    os.write(pipe[1], more)
    clock = Clock()

    def sleep(seconds: float) -> None:
        clock.sleep(seconds)
        os.write(pipe[1], os.read(pipe[0], 100_000) + b"." if len(more) < 100 else os.read(pipe[0], 100_000))

    RawOrder(pipe[1], sleep=sleep, now=clock.now).catch_up()

    assert PATIENCE <= clock.time < PATIENCE + 0.01


def test_a_closed_descriptor_is_no_trouble() -> None:
    read, write = os.pipe()
    os.close(read)
    os.close(write)

    RawOrder(write).catch_up()
