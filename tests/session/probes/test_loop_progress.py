"""Loops of known length: which they are, and what a real session tells of them."""

from __future__ import annotations

import linecache
import sys
from types import FrameType
from typing import Any

import numpy as np
import pytest

from tests.sessions import LiveSession
from tflab.protocol.events import CellFinished
from tflab.protocol.loop_progress import LoopProgressed
from tflab.session.probes.loop_lengths import counted


def seen_in(source: str, **variables: Any) -> list[list[tuple[str, int, int]]]:
    """What is counted wherever ``source`` calls ``look()``."""
    found: list[list[tuple[str, int, int]]] = []

    def look() -> None:
        frame: FrameType | None = sys._getframe(1)
        counts: list[tuple[str, int, int]] = []
        while frame is not None and frame.f_code.co_filename == "<cell 77>":
            counts[:0] = counted(frame)
            frame = frame.f_back
        found.append(counts)

    lines = source.splitlines(keepends=True)
    linecache.cache["<cell 77>"] = (len(source), None, lines, "<cell 77>")
    exec(compile(source, "<cell 77>", "exec"), {"look": look, **variables})
    return found


def test_a_range_is_counted() -> None:
    assert seen_in("for epoch in range(3):\n    look()") == [[("epoch", done, 3)] for done in range(3)]
    assert seen_in("for i in range(10, 0, -5):\n    look()") == [[("i", 0, 2)], [("i", 1, 2)]]


def test_lengths_come_from_names_sums_and_sizes() -> None:
    assert seen_in("for i in range(1, n + 1):\n    look()", n=2) == [[("i", 0, 2)], [("i", 1, 2)]]
    assert seen_in("for i in range(len(x) // 2):\n    look()", x=np.zeros(4)) == [[("i", 0, 2)], [("i", 1, 2)]]
    assert seen_in("for i, _ in enumerate(x):\n    look()", x=[5, 6]) == [[("i", 0, 2)], [("i", 1, 2)]]
    assert seen_in("for i in tqdm(range(2)):\n    look()", tqdm=lambda x: x) == [[("i", 0, 2)], [("i", 1, 2)]]


def test_inner_loops_and_functions_come_after_the_outer_ones() -> None:
    source = "def step():\n    for i in range(2):\n        look()\nfor epoch in range(2):\n    step()"
    assert seen_in(source)[-1] == [("epoch", 1, 2), ("i", 1, 2)]


def test_behind_a_loop_and_in_another_function_it_is_not_counted() -> None:
    source = "def step():\n    look()\nfor i in range(2):\n    pass\nlook()\nstep()"
    assert seen_in(source) == [[], []]


@pytest.mark.parametrize(
    "source",
    [
        "for x in [1, 2]:\n    look()",
        "for i in range(f()):\n    look()",
        "for i in range(x.n):\n    look()",
        "for i, j in zip([1], [2]):\n    look()",
        "for i in range(2):\n    i = 'changed'\n    look()",
        "while True:\n    look()\n    break",
    ],
)
def test_what_only_running_code_could_tell_is_not_counted(source: str) -> None:
    class WithN:
        n = 2

    assert all(counts == [] for counts in seen_in(source, f=lambda: 2, x=WithN()))


def test_a_session_tells_how_far_its_loops_are(session: LiveSession) -> None:
    session.start(
        "import threading\n"
        "wait = threading.Event()\n"
        "def train(epochs):\n"
        "    for epoch in range(epochs):\n"
        "        for batch in range(2):\n"
        "            if (epoch, batch) == (3, 1):\n"
        "                wait.wait(60)\n"
        "train(epochs=5)\n"
    )

    *_, event = session.wait_for(lambda event: isinstance(event, LoopProgressed) and len(event.loops) == 2)
    assert isinstance(event, LoopProgressed)
    assert [(loop.name, loop.done, loop.total) for loop in event.loops] == [("epoch", 3, 5), ("batch", 1, 2)]
    session.interrupt()
    session.wait_for(lambda event: isinstance(event, CellFinished))


def test_the_epochs_of_fit_are_told(session: LiveSession) -> None:
    session.start(
        "import keras, numpy as np, threading\n"
        "wait = threading.Event()\n"
        "class Waiting(keras.callbacks.Callback):\n"
        "    def on_epoch_begin(self, epoch, logs=None):\n"
        "        if epoch == 2:\n"
        "            wait.wait(60)\n"
        "model = keras.Sequential([keras.layers.Dense(1)])\n"
        "model.compile('sgd', 'mse')\n"
        "model.fit(np.ones((4, 1)), np.ones((4, 1)), epochs=7, verbose=0, callbacks=[Waiting()])\n"
    )

    def in_epoch_two(event: Any) -> bool:
        return isinstance(event, LoopProgressed) and [(each.done, each.total) for each in event.loops] == [(2, 7)]

    *_, event = session.wait_for(in_epoch_two)
    assert isinstance(event, LoopProgressed)
    assert event.loops[0].name == "epoch"
    session.interrupt()
    session.wait_for(lambda event: isinstance(event, CellFinished))
