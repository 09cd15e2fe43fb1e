"""What cells show in the lab, as it is saved: counted, updated, and bounded."""

from __future__ import annotations

from tflab.curriculum.session_outputs import MOST_RICH, MOST_TEXT, SessionOutputs
from tflab.protocol.events import (
    CellFinished,
    CellStarted,
    Event,
    OutputCleared,
    ResultShown,
    SessionReady,
    StreamWritten,
)

READY = SessionReady(tensorflow="2.21.0", keras="3.15.1", python="3.11.7", isolation="full")


def follow(outputs: SessionOutputs, identity: int, *events: Event) -> None:
    for event in (CellStarted(cell=0, source=""), *events):
        outputs.follow(event, identity)


def printed(text: str) -> StreamWritten:
    return StreamWritten(cell=0, name="stdout", text=text)


def test_runs_are_counted_from_one_in_every_session() -> None:
    outputs = SessionOutputs()
    follow(outputs, 7, printed("a"))
    follow(outputs, 3, printed("b"))
    outputs.follow(READY, None)
    follow(outputs, 3, printed("c"))
    assert {identity: run.execution_count for identity, run in outputs.shown().items()} == {7: 1, 3: 1}
    assert outputs.shown()[3].outputs == [{"output_type": "stream", "name": "stdout", "text": "c"}]
    before = outputs.unsaved
    outputs.saved()
    assert (before, outputs.unsaved) == (True, False)


def test_a_display_of_an_earlier_cell_is_updated() -> None:
    outputs = SessionOutputs()
    follow(outputs, 1, ResultShown(cell=0, mime={"text/plain": "0 %"}, display_id="bar"))
    outputs.saved()
    follow(outputs, 2, ResultShown(cell=0, mime={"text/plain": "100 %"}, display_id="bar", update=True))
    assert outputs.shown()[1].outputs[0]["data"] == {"text/plain": "100 %"}
    assert outputs.shown()[2].outputs == []


def test_of_endless_output_the_beginning_and_the_end_are_kept() -> None:
    outputs = SessionOutputs()
    piece = "x" * 65_535 + "\n"
    many = [printed(f"{number:08}{piece}") for number in range(200)]
    follow(outputs, 1, *many)
    running = "".join(output["text"] for output in outputs.shown()[1].outputs)
    outputs.follow(CellFinished(cell=0, status="ok", seconds=1.0, error=None), 1)
    (first, hidden, last) = outputs.shown()[1].outputs
    assert running == first["text"] + hidden["text"] + last["text"], "the same while the cell runs"
    assert first["text"].startswith("00000000x")
    assert "left out" in hidden["text"]
    assert last["text"].endswith(f"{199:08}{piece}")
    assert len(first["text"]) + len(last["text"]) < 2 * MOST_TEXT + 2 * len(piece)

    follow(outputs, 1, *many, OutputCleared(cell=0, wait=True), printed("after"))
    assert [output["text"] for output in outputs.shown()[1].outputs] == ["after"]


def test_pictures_without_end_are_left_out() -> None:
    outputs = SessionOutputs()
    picture = ResultShown(cell=0, mime={"image/png": "A" * (MOST_RICH // 4)})
    follow(outputs, 1, *[picture] * 9)
    assert len(outputs.shown()[1].outputs) == 4
