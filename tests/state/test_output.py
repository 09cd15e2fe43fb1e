"""Output in bounded memory: the beginning and the end of each run, and what lies between them is counted."""

from __future__ import annotations

import base64
import struct

from tflab.protocol.events import CellError
from tflab.state.output import (
    HEAD_CHARACTERS,
    HEAD_LINES,
    TAIL_CHARACTERS,
    TAIL_LINES,
    Block,
    OutputStore,
    result_lines,
)

ERROR = CellError(name="ValueError", message="no", line=3, traceback="Traceback\n  line 3\nValueError: no\n")


def texts(store: OutputStore) -> list[str]:
    """Kind and text of every line."""
    return [f"{line.kind}:{line.text}" for line in map(store.line, range(len(store)))]


def test_a_run_has_a_heading_and_its_lines() -> None:
    store = OutputStore()
    store.begin(0)
    store.write("stdout", "one\ntw")
    store.write("stdout", "o")
    assert texts(store) == ["heading:", "stdout:one", "stdout:two"]
    store.finish("ok", 1.5, None)
    assert texts(store) == ["heading:", "stdout:one", "stdout:two"]
    assert (store.blocks[0].status, store.blocks[0].seconds) == ("ok", 1.5)


def test_streams_are_told_apart_and_keep_their_order() -> None:
    store = OutputStore()
    store.begin(0)
    store.write("stdout", "out\n")
    store.write("stderr", "err\n")
    store.write("stdout", "out again\n")
    assert texts(store)[1:] == ["stdout:out", "stderr:err", "stdout:out again"]


def test_an_error_brings_its_traceback() -> None:
    store = OutputStore()
    store.begin(0)
    store.write("stdout", "no line break")
    store.finish("error", 0.1, ERROR)
    assert texts(store)[1:] == ["stdout:no line break", "error:Traceback", "error:  line 3", "error:ValueError: no"]


def test_the_middle_of_much_output_is_counted() -> None:
    block = Block(0)
    total = 3 * (HEAD_LINES + TAIL_LINES)
    for number in range(0, total, 1000):
        block.write("stdout", "".join(f"{line}\n" for line in range(number, number + 1000)))
    lines = [line.text for line in block.lines()][1:]
    assert lines[0] == "0"
    assert lines[-1] == str(total - 1)
    assert block.hidden == total - (len(lines) - 1)
    assert any(f"{block.hidden:,}" in line.text for line in block.lines() if line.kind == "hidden")


def test_long_lines_count_by_their_characters() -> None:
    block = Block(0)
    for _ in range(3000):
        block.write("stdout", "x" * 999 + "\n")
    kept = sum(len(line.text) + 1 for line in block.lines() if line.kind == "stdout")
    assert HEAD_CHARACTERS + TAIL_CHARACTERS - 2000 < kept <= HEAD_CHARACTERS + TAIL_CHARACTERS
    assert block.hidden > 0


def test_results_and_updates_of_a_display() -> None:
    store = OutputStore()
    store.begin(0)
    store.result({"text/plain": "before"}, "bar", False)
    store.write("stdout", "between\n")
    store.result({"text/plain": "after\nmore"}, "bar", True)
    assert texts(store)[1:] == ["result:after", "result:more", "stdout:between"]
    store.result({"text/plain": "again"}, "bar", True)
    assert texts(store)[1:] == ["result:again", "stdout:between"]
    store.result({"text/plain": "new"}, "other", True)
    assert texts(store)[1:] == ["result:again", "stdout:between", "result:new"]


def test_output_is_cleared_at_once_or_when_the_next_comes() -> None:
    store = OutputStore()
    store.begin(0)
    store.write("stdout", "old\n")
    store.clear(wait=True)
    assert texts(store)[1:] == ["stdout:old"]
    store.write("stdout", "new\n")
    assert texts(store)[1:] == ["stdout:new"]
    store.clear(wait=False)
    assert texts(store)[1:] == []


def test_images_become_a_note_with_their_size() -> None:
    header = b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", 432, 288) + bytes(2000)
    ((kind, note),) = result_lines({"image/png": base64.b64encode(header).decode(), "text/plain": "<Figure>"})
    assert kind == "image"
    assert "432 × 288" in note
    assert result_lines({"image/png": "not base64 at all!"})[0][0] == "image"
    assert result_lines({"text/plain": "3", "text/html": "<b>3</b>"}) == [("result", "3")]


def test_notes_of_the_labs_own_stand_apart_from_runs_that_have_ended() -> None:
    store = OutputStore()
    store.note("before")
    store.begin(0)
    store.note("during")
    store.finish("ok", 0, None)
    store.note("after")
    assert texts(store) == ["note:before", "heading:", "note:during", "note:after"]


def test_old_runs_are_dropped() -> None:
    store = OutputStore()
    for _ in range(1000):
        store.begin(0)
        store.write("stdout", "line\n")
        store.finish("ok", 0, None)
    assert len(store.blocks) <= 400
    assert store.blocks[-1].ordinal == 1000


def test_where_a_steps_output_begins() -> None:
    store = OutputStore()
    store.begin(0)
    store.write("stdout", "a\nb\n")
    store.begin(1)
    assert store.row_of(1) == 3
    assert store.row_of(0) == 0
    assert store.row_of(7) is None
    assert store.block_of(2).cell == 0
    assert store.block_of(3).cell == 1


def test_every_change_changes_the_version() -> None:
    store = OutputStore()
    versions = [store.version]
    for change in (
        lambda: store.begin(0),
        lambda: store.write("stdout", "x"),
        lambda: store.result({"text/plain": "1"}, None, False),
        lambda: store.clear(True),
        lambda: store.finish("ok", 0, None),
    ):
        change()
        versions.append(store.version)
    assert len(set(versions)) == len(versions)
