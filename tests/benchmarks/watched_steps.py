"""What ``tflab.watch()`` costs a step in an ordinary process, unwatched, watched, and by one who does not read; and how
soon ``tflab attach`` shows what there is. Ratios within one interleaved run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Final

from tests.benchmarks.first_paint import HELLO, seconds_until
from tests.benchmarks.measuring import environment, median, show
from tests.benchmarks.programs.training_steps import MODELS
from tflab.client.watched import WatchedClient

ROUNDS = 5
FORMS: Final = {
    "tiny eager": ("tiny", 200, "eager"),
    "tiny graph": ("tiny", 3000, "graph"),
    "mlp graph": ("mlp", 100, "graph"),
}
_THREADS: Final = ("tflab-poller", "tflab-watcher")
"""Who takes down what the probes noted, and who delivers it."""
_MEASURE: Final = f"""
import json, sys, threading
of_threads = {{}}
def seconds_of(run, steps):
    # What each thread of ours takes is exact, however busy the machine is.
    def spent():
        found = dict.fromkeys({_THREADS!r}, 0)
        for thread in threading.enumerate():
            if thread.name in found:
                with open(f"/proc/self/task/{{thread.native_id}}/schedstat") as file:
                    found[thread.name] += int(file.read().split()[0])
        return found
    before, begin = spent(), time.process_time()
    run(steps)
    seconds = time.process_time() - begin
    of_threads.update({{name: (now - before[name]) / 1e9 / seconds for name, now in spent().items()}})
    return seconds / steps * 1e6
def measured(build, steps, form):
    return {{"step": measure(build, steps, form), **of_threads}}
for line in sys.stdin:
    found = {{name: measured(globals()[build], steps, form) for name, (build, steps, form) in {FORMS!r}.items()}}
    print(json.dumps(found), flush=True)
"""
_NAME: Final = "program"
_WAYS: Final = ("plain", "watch()", "and attached to", "and by one who does not read")
_LONG_LOOP: Final = """
@tf.function
def train_step(w=tf.Variable(1.0)):
    with tf.GradientTape() as tape:
        loss = (w - 3.0) ** 2
    w.assign_sub(0.01 * tape.gradient(loss, w))
    return loss
for _ in range(1000):
    train_step()
print("trained", flush=True)
while True:
    train_step()
    time.sleep(0.01)
"""


def run() -> None:
    """Prints process CPU a step by form and way, and what our own threads take of it, then seconds to the first frame
    of ``tflab attach``."""
    results: dict[str, list[_Figures]] = {way: [] for way in _WAYS}
    with tempfile.TemporaryDirectory(prefix="tflab-bench-") as name, ExitStack() as opened:
        variables = {**environment(Path(name)), "XDG_RUNTIME_DIR": name, "TF_CPP_MIN_LOG_LEVEL": "3"}
        os.environ["XDG_RUNTIME_DIR"] = name
        for _ in range(ROUNDS):
            for way in _WAYS:
                results[way].append(_figures(way, variables))
        for form in FORMS:
            plain = [figures[form]["step"] for figures in results["plain"]]
            show(f"{form}: plain", median(plain), "us")
            for way in _WAYS[1:]:
                watched = [figures[form]["step"] for figures in results[way]]
                ratio = median([one / other for one, other in zip(watched, plain, strict=True)])
                show(f"{form}: {way}", median(watched), "us", ratio, "1.10x" if "eager" in form else "1.03x")
                for thread in _THREADS:
                    share = median([figures[form][thread] for figures in results[way]])
                    show(f"{form}: {way}: of it {thread}", 100 * share, "%")
        opened.enter_context(_process(MODELS + _LONG_LOOP, True, variables))
        attach = [sys.executable, "-m", "tflab", "attach"]
        pairs = [
            (
                seconds_until(attach, [b"Curves", b"training step", b"loss"], variables),
                seconds_until([sys.executable, "-c", HELLO], [b"hello, world"], variables),
            )
            for _ in range(ROUNDS)
        ]
        for index, what in enumerate(("first text", "curves of 1,000 steps")):
            ratio = median([ours[index] / hello[0] for ours, hello in pairs])
            show(f"attach: {what}, to Textual's hello", median([ours[index] for ours, _ in pairs]), "s", ratio)


_Figures = dict[str, dict[str, float]]
"""By form of a step: microseconds of process CPU a step, and the share of each of our threads."""


def _figures(way: str, variables: Mapping[str, str]) -> _Figures:
    with ExitStack() as opened:
        process = opened.enter_context(_process(MODELS + _MEASURE, way != "plain", variables))
        assert process.stdin is not None
        assert process.stdout is not None
        if way.startswith("and"):
            client = WatchedClient(_NAME, ended="")
            opened.callback(client.close)
            if "not read" in way:
                # Its reader thread reads until this side's inbox is full; nobody empties it.
                pass
            else:
                opened.enter_context(_reading(client))
        process.stdin.write("go\n")
        process.stdin.flush()
        found: _Figures = json.loads(process.stdout.readline())
        return found


@contextmanager
def _process(source: str, watched: bool, variables: Mapping[str, str]) -> Iterator[subprocess.Popen[str]]:
    """A Python that runs ``source``; ready to be watched or told."""
    start = "import tflab; tflab.watch()\n" if watched else ""
    ready = "print('ready', flush=True)\n" if "sys.stdin" in source else ""
    # In a file: what is given to -c is nobody's code to the probes.
    program = Path(variables["HOME"], f"{_NAME}.py")
    program.write_text(start + source.replace("\nfor line in", f"\n{ready}for line in"))
    process = subprocess.Popen(
        [sys.executable, str(program)],
        env=dict(variables),
        cwd=variables["HOME"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert process.stdout is not None
        process.stdout.readline()
        yield process
    finally:
        process.kill()
        process.communicate()


@contextmanager
def _reading(client: WatchedClient) -> Iterator[None]:
    """Empties the inbox twenty times a second, as a screen does."""
    import threading

    stopping = threading.Event()

    def read() -> None:
        while not stopping.wait(0.05):
            with suppress(OSError):
                client.drain()

    thread = threading.Thread(target=read, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stopping.set()
        thread.join()
