"""From the wish to stop a cell to its end: the session's ladder beside SIGINT alone, in sessions forked in turn."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from typing import Final

from tests.benchmarks.measuring import median
from tests.session.test_interrupts_of_cells import SETUP
from tests.sessions import LiveSession, WarmServer

ROUNDS: Final = 5
STUCK: Final = 4.0
"""Seconds after which nobody waits any longer; the lab offers a restart after 3."""
CELLS: Final = {
    "a Python loop": "while True: pass",
    "time.sleep": "time.sleep(600)",
    "a tf.function busy in C++": "busy(tf.constant(10**9))",
    "... called in a loop that catches Exception": (
        "while True:\n    try:\n        busy(tf.constant(10**9))\n    except Exception:\n        pass"
    ),
    "a loop of short tf.functions": "while True: step(X, Y)",
    "an eager loop with a tape": (
        "while True:\n    with tf.GradientTape() as tape:\n        loss = tf.reduce_mean((X @ w - Y) ** 2)\n"
        "    tape.gradient(loss, w)"
    ),
    "model.fit": "model.fit(X, Y, epochs=10**6, verbose=0)",
    "iterating a tf.data.Dataset": "for x in tf.data.Dataset.range(10**12).map(lambda x: x + 1).batch(4): pass",
    "one 6000x6000 matmul after the other": "M = tf.random.normal([6000, 6000])\nwhile True: M @ M",
    "a Dataset.reduce in eager code": (
        "tf.data.Dataset.range(10**15).reduce(tf.constant(0, tf.int64), lambda total, x: total + x)"
    ),
    "a subprocess": "!sleep 600",
    "a coroutine": "import asyncio\nawait asyncio.sleep(600)",
}


def _ladder(session: LiveSession) -> None:
    session.interrupt()


def _signal(session: LiveSession) -> None:
    assert session.client.pid is not None
    os.kill(session.client.pid, signal.SIGINT)


def _seconds(server: WarmServer, source: str, stop: Callable[[LiveSession], None]) -> float:
    """From ``stop`` to the cell's end; infinite where it goes on."""
    with server.session() as session:
        session.check(SETUP)
        session.start(f"print('on')\n{source}")
        session.wait_for_text("on\n")
        # Into the middle of it.
        time.sleep(0.5)
        begin = time.perf_counter()
        stop(session)
        try:
            session.finish(timeout=STUCK)
        except TimeoutError:
            return float("inf")
        return time.perf_counter() - begin


def run() -> None:
    """Prints medians in milliseconds; where it is stuck, a restart is what is left."""
    server = WarmServer()
    server.start()
    try:
        print(f"{'milliseconds until the cell has ended':<48}{'tflab':>12}{'SIGINT alone':>16}")
        for name, source in CELLS.items():
            ladder: list[float] = []
            alone: list[float] = []
            for _ in range(ROUNDS):
                ladder.append(_seconds(server, source, _ladder))
                alone.append(_seconds(server, source, _signal))
            print(f"{name:<48}{_shown(ladder):>12}{_shown(alone):>16}", flush=True)
        print(f"{'a session killed and forked anew, ready':<48}{_shown([_fresh(server) for _ in range(ROUNDS)]):>12}")
    finally:
        server.client.close()


def _fresh(server: WarmServer) -> float:
    with server.session() as session:
        session.check(SETUP)
        begin = time.perf_counter()
        assert session.client.pid is not None
        server.client.kill(session.client.pid)
        with server.session():
            return time.perf_counter() - begin


def _shown(seconds: list[float]) -> str:
    middle = median(seconds)
    return "stuck" if middle == float("inf") else f"{middle * 1000:.0f}"
