"""``tflab.watch()`` in real processes, and ``tflab attach`` beside them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.terminal import Terminal
from tflab.client.watched import WatchedClient, look_round
from tflab.doors.folder import UnsafeFolder, watch_folder
from tflab.protocol.events import CellFinished, FunctionTraced, MetricsLogged, ProblemFound
from tflab.protocol.lifecycle import SessionEnded
from tflab.protocol.requests import MeasureTensorRequest, ReadTensorRequest
from tflab.protocol.steering import KnobTurned, LoopPaused
from tflab.protocol.tensor_looks import TensorMeasured, TensorRead
from tflab.protocol.trace_events import GraphBuilt

PATIENCE = 120.0

PROGRAM = """
import sys
import tflab
print("called", tflab.watch(*sys.argv[1:]), flush=True)
import tensorflow as tf

x = tf.random.normal([32, 4]); y = tf.reduce_sum(x, 1, keepdims=True)
model = tf.keras.Sequential([tf.keras.Input([4]), tf.keras.layers.Dense(1)])
optimizer = tf.keras.optimizers.SGD(0.01)

@tf.function
def train_step():
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean((model(x) - y) ** 2)
    optimizer.apply_gradients(zip(tape.gradient(loss, model.trainable_variables), model.trainable_variables))
    return loss

def train(steps):
    for number in range(steps):
        train_step()
    print("trained", steps, flush=True)

for line in sys.stdin:
    exec(line)
"""


class Program:
    """A process that is watched; it does what it is told on its standard input."""

    def __init__(
        self, folder: Path, runtime: Path, *arguments: str, source: str = PROGRAM, given: str = "in a file"
    ) -> None:
        """``source`` is ``given`` in a file, as a command of the command line or at a prompt."""
        words = {"in a file": ["program.py"], "as a command": ["-uc", source], "at a prompt": ["-i"]}[given]
        (folder / "program.py").write_text(source)
        environment = {**os.environ, "XDG_RUNTIME_DIR": str(runtime), "TF_CPP_MIN_LOG_LEVEL": "3"}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        self.process = subprocess.Popen(
            [sys.executable, *words, *arguments],
            cwd=folder,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        if given == "at a prompt":
            for line in source.splitlines():
                self.does(line)
        self.name = self.hears().removeprefix("called ")

    def does(self, line: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def hears(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().rstrip("\n")

    def ends(self) -> int:
        assert self.process.stdin is not None
        self.process.stdin.close()
        return self.process.wait(PATIENCE)


@pytest.fixture
def runtime(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where doors are."""
    # Not below tmp_path: the paths of sockets are short.
    with tempfile.TemporaryDirectory(prefix="tflab-test-") as folder:
        monkeypatch.setenv("XDG_RUNTIME_DIR", folder)
        yield Path(folder)


@pytest.fixture
def start(tmp_path: Path, runtime: Path) -> Iterator[Callable[..., Program]]:
    """Starts programs and ends those that still run."""
    programs: list[Program] = []

    def started(*arguments: str, **options: str) -> Program:
        programs.append(Program(tmp_path, runtime, *arguments, **options))
        return programs[-1]

    yield started
    for program in programs:
        program.process.kill()
        program.process.wait(PATIENCE)
        for stream in (program.process.stdin, program.process.stdout):
            if stream is not None:
                stream.close()


class Watcher:
    """Everything that one watcher was told."""

    def __init__(self, name: str) -> None:
        self.client = WatchedClient(name, ended="over")
        self.events: list[Any] = []

    def until(self, matches: Callable[[Any], bool]) -> Any:
        """The first event, old or new, that matches."""
        deadline = time.monotonic() + PATIENCE
        seen = 0
        while time.monotonic() < deadline:
            for event in self.events[seen:]:
                if matches(event):
                    return event
            seen = len(self.events)
            self.client.wait(1.0)
            self.events += self.client.drain()
        raise AssertionError(f"never told: {[type(event).__name__ for event in self.events]}")

    def steps(self) -> list[int]:
        """Of the loss."""
        losses = [event for event in self.events if isinstance(event, MetricsLogged) and event.source == "tape"]
        assert all(event.missed == 0 for event in losses)
        return [step for event in losses for step in event.steps]


@contextmanager
def watching(name: str) -> Iterator[Watcher]:
    watcher = Watcher(name)
    try:
        yield watcher
    finally:
        watcher.client.close()


def has_steps(count: int) -> Callable[[Any], bool]:
    return lambda event: isinstance(event, MetricsLogged) and event.source == "tape" and event.steps[-1] >= count - 1


def test_watchers_come_and_go_and_each_is_told_everything(start: Callable[..., Program]) -> None:
    program = start()
    assert program.name == "program"
    assert look_round()[0] == ["program"]
    with watching("program") as early:
        program.does("train(300)")
        early.until(has_steps(300))
        assert early.until(lambda event: isinstance(event, FunctionTraced)).function == "train_step"
    # Nobody watches while it trains on.
    assert program.hears() == "trained 300"
    program.does("train(200)")
    assert program.hears() == "trained 200"
    with watching("program") as late:
        late.until(has_steps(500))
        assert late.steps() == list(range(500))
        program.does("1 / 0")
        finished = late.until(lambda event: isinstance(event, CellFinished))
        assert (finished.status, finished.error.name) == ("error", "ZeroDivisionError")
        assert late.until(lambda event: isinstance(event, SessionEnded)).message == "over"
    assert program.process.wait(PATIENCE) == 1
    assert look_round()[0] == []


def test_a_loop_is_steered_from_outside_and_does_not_wait_for_who_has_left(start: Callable[..., Program]) -> None:
    program = start()
    program.does("train(10**9)")
    with watching("program") as watcher:
        watcher.until(has_steps(10))
        watcher.client.steer("pause")
        paused = watcher.until(lambda event: isinstance(event, LoopPaused))
        watcher.client.turn_knob("optimizer.learning_rate", 0.5)
        turned = watcher.until(lambda event: isinstance(event, KnobTurned))
        assert (turned.after, turned.step) == (0.5, paused.step)
        # Another one who only looks on does not hold the loop either.
        with watching("program") as second:
            watcher.client.close()
            second.until(has_steps(paused.step + 10))


def test_a_watcher_that_does_not_read_keeps_nobody_waiting(start: Callable[..., Program]) -> None:
    program = start()
    with watching("program") as idle, watching("program") as reading:
        program.does("train(20000)")
        assert program.hears() == "trained 20000"
        reading.until(has_steps(20000))
        assert reading.steps() == list(range(20000))
        assert idle.events == []


def test_two_processes_with_one_name_and_one_that_died(start: Callable[..., Program], runtime: Path) -> None:
    first, second = start("mine"), start("mine")
    assert (first.name, second.name) == ("mine", "mine-2")
    assert look_round()[0] == ["mine", "mine-2"]
    first.process.send_signal(signal.SIGKILL)
    first.process.wait(PATIENCE)
    assert look_round()[0] == ["mine-2"]
    third = start("mine")
    assert third.name == "mine"
    assert (runtime / "tflab").stat().st_mode & 0o777 == 0o700


def test_who_was_killed_is_named_and_its_door_taken_away(start: Callable[..., Program], runtime: Path) -> None:
    program = start("mine")
    program.process.kill()
    program.process.wait(PATIENCE)
    left = runtime / "tflab" / "mine.door"
    # As long ago as a door that is still being opened cannot be.
    os.utime(left, (time.time() - 60, time.time() - 60))
    result = attach("mine")
    assert result.returncode == 2
    assert "the process called mine was ended without a farewell" in result.stderr
    assert not left.exists()


DAEMON = PROGRAM.replace(
    "import tensorflow as tf",
    """
import os
# Before TensorFlow has threads, as whoever makes a daemon has to.
if child := os.fork():
    print(f"parent of {tflab.watch()}", flush=True)
    os.waitpid(child, 0)
    print("daemon has ended", flush=True)
    sys.stdin.close()
    sys.exit()
print("child is", tflab.watch("daemon"), flush=True)
import tensorflow as tf""",
    1,
)


def test_a_daemon_opens_a_door_of_its_own(start: Callable[..., Program]) -> None:
    program = start("mine", source=DAEMON)
    assert {program.hears(), program.hears()} == {"parent of mine", "child is daemon"}
    assert look_round()[0] == ["daemon", "mine"]
    program.does("train(5)")
    assert program.hears() == "trained 5"
    with watching("daemon") as watcher:
        watcher.until(has_steps(5))
        program.does("sys.exit()")
        assert watcher.until(lambda event: isinstance(event, SessionEnded)).message == "over"
    assert program.hears() == "daemon has ended"
    assert program.ends() == 0
    assert look_round()[0] == []


def test_elements_of_a_tensor_are_told_to_who_asks_and_nobody_else(start: Callable[..., Program]) -> None:
    program = start()
    program.does("table = tf.reshape(tf.range(12), [3, 4]); train(10**9)")
    with watching("program") as asking, watching("program") as other:
        asking.until(has_steps(10))
        asking.client.ask_tensor(ReadTensorRequest(request_id=7, name="table", rows=2, columns=3))
        read = asking.until(lambda event: isinstance(event, TensorRead))
        assert (read.request_id, read.elements) == (7, ((0, 1, 2), (4, 5, 6)))
        asking.client.ask_tensor(MeasureTensorRequest(request_id=8, name="table"))
        measured = asking.until(lambda event: isinstance(event, TensorMeasured))
        assert (measured.request_id, measured.record.max) == (8, 11.0)
        asking.client.ask_tensor(ReadTensorRequest(request_id=9, name="nothing"))
        assert asking.until(lambda event: isinstance(event, TensorRead) and event.request_id == 9).problem
        other.until(has_steps(10))
        assert not any(isinstance(event, (TensorRead, TensorMeasured)) for event in other.events)


def test_the_workers_of_one_training_are_attached_to_together(
    start: Callable[..., Program], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def worker(number: int) -> Program:
        monkeypatch.setenv("TF_CONFIG", json.dumps({"cluster": {}, "task": {"type": "worker", "index": number}}))
        return start("gan")

    first, second = worker(0), worker(1)
    assert (first.name, second.name) == ("gan-worker0", "gan-worker1")
    path = tmp_path / "events.jsonl"
    with subprocess.Popen([sys.executable, "-m", "tflab", "attach", "gan", "--events", str(path)]) as attached:
        for each in (first, second):
            each.does("train(20)")
            assert each.hears() == "trained 20"
        with Terminal(
            [sys.executable, "-m", "tflab", "--lang", "en", "attach"],
            environment={**os.environ, "TERM": "xterm-256color"},
        ) as terminal:
            terminal.wait_for("gan-worker1  ▶ running for", PATIENCE)
            terminal.wait_for("loss", PATIENCE)
            # Whoever writes the events has come to both, too.
            deadline = time.monotonic() + PATIENCE
            while not (path.exists() and path.read_text().count('"session_ready"') == 2):
                assert time.monotonic() < deadline
                time.sleep(0.05)
            second.process.kill()
            terminal.wait_for("gan-worker1 has ended", PATIENCE)
            terminal.press("f10")
            assert terminal.wait_exit() == 0
        assert first.ends() == 0
        assert attached.wait(PATIENCE) == 0
    events = [json.loads(line) for line in path.read_text().splitlines()]
    own = [event for event in events if event["worker"] == "gan-worker0" and event["event"] == "metrics_logged"]
    assert [step for event in own for step in event["steps"]] == list(range(20))
    assert any(event["worker"] == "gan-worker1" and event["event"] == "session_ready" for event in events)


def test_a_fork_leaves_the_door_to_its_parent(start: Callable[..., Program]) -> None:
    program = start()
    program.does("import os; child = os.fork() or os._exit(0); os.waitpid(child, 0); train(5)")
    assert program.hears() == "trained 5"
    with watching("program") as watcher:
        watcher.until(has_steps(5))


def test_a_notebook_is_a_cell_at_a_time(tmp_path: Path, runtime: Path) -> None:
    cells = [
        "%load_ext tflab",
        PROGRAM.partition("import tensorflow")[2].partition("for line in")[0].join(["import tensorflow", "train(7)"]),
        "1 / 0",
    ]
    (tmp_path / "shell.py").write_text(
        "from IPython.core.interactiveshell import InteractiveShell\nimport sys\n"
        "shell = InteractiveShell.instance()\n"
        f"for cell in {cells!r}:\n    shell.run_cell(cell, store_history=True)\nsys.stdin.read()\n"
    )
    environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", "IPYTHONDIR": str(tmp_path / "ipython")}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    with subprocess.Popen(
        [sys.executable, "shell.py"],
        cwd=tmp_path,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        try:
            assert process.stdout.readline() == "tflab attach notebook\n"
            with watching("notebook") as watcher:
                failed = watcher.until(lambda event: isinstance(event, CellFinished) and event.status == "error")
                assert failed.error.name == "ZeroDivisionError"
                finished = [event for event in watcher.events if isinstance(event, CellFinished)]
                assert [(event.cell, event.status) for event in finished] == [(0, "ok"), (1, "ok"), (2, "error")]
                assert watcher.steps() == list(range(7))
        finally:
            process.kill()


def test_the_program_of_a_command_is_recorded(start: Callable[..., Program]) -> None:
    program = start("commanded", given="as a command")
    assert program.name == "commanded"
    program.does("train(5)")
    with watching("commanded") as watcher:
        watcher.until(has_steps(5))
        traced = watcher.until(lambda event: isinstance(event, FunctionTraced))
        (line,) = (number for number, line in enumerate(PROGRAM.split("\n"), 1) if "def train_step" in line)
        assert (traced.function, traced.file, traced.line) == ("train_step", "<string>", line)
        assert watcher.steps() == list(range(5))
        # Its lines are at hand.
        (source,) = watcher.until(lambda event: isinstance(event, GraphBuilt)).sources
        assert "def train_step" in source.source


TYPED = """
import tflab
print("called", tflab.watch("typed"), flush=True)
import tensorflow as tf
w = tf.Variable(1.0)
@tf.function
def one():
    with tf.GradientTape() as tape:
        loss = (w - 3.0) ** 2
    w.assign_sub(0.01 * tape.gradient(loss, w))

@tf.function
def two():
    with tf.GradientTape() as tape:
        loss = (w - 3.0) ** 2 + 100.0
    w.assign_sub(0.01 * tape.gradient(loss, w))

for _ in range(5):
    one()
    two()

"""


def test_what_is_typed_at_a_prompt_is_recorded_and_each_function_has_a_curve(start: Callable[..., Program]) -> None:
    program = start(source=TYPED, given="at a prompt")
    with watching("typed") as watcher:
        program.does("exit()")
        assert watcher.until(lambda event: isinstance(event, SessionEnded)).message == "over"
    curves: dict[Any, list[float]] = {}
    for event in watcher.events:
        if isinstance(event, MetricsLogged) and event.source == "tape":
            curves.setdefault(event.site, []).extend(event.values)
    low, high = sorted(curves.values())
    assert len(low) == len(high) == 5
    assert max(low) <= 4.0
    assert min(high) >= 100.0
    # What AutoGraph warns of at a prompt is no print of the program's.
    assert not [event for event in watcher.events if isinstance(event, ProblemFound)]


def test_a_folder_that_others_may_enter_is_refused(runtime: Path) -> None:
    (runtime / "tflab").mkdir(mode=0o755)
    (runtime / "tflab").chmod(0o755)
    with pytest.raises(UnsafeFolder):
        watch_folder()


def attach(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tflab", "--lang", "en", "attach", *arguments],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


def test_attach_shows_the_panels_or_writes_the_events(start: Callable[..., Program]) -> None:
    assert "no process can be watched now" in attach().stderr
    program = start()
    program.does("train(10**9)")
    assert "there is program" in attach("other").stderr
    with Terminal(
        [sys.executable, "-m", "tflab", "--lang", "en", "attach"], environment={**os.environ, "TERM": "xterm-256color"}
    ) as terminal:
        terminal.wait_for("training step", PATIENCE)
        terminal.wait_for("F8 Pause")
        terminal.press("f8")
        terminal.wait_for("paused before step")
        terminal.press("f8")
        terminal.wait_for("running for")
        terminal.press("f10")
        assert terminal.wait_exit() == 0
        assert terminal.restored()
    program.process.kill()


def test_events_of_a_watched_process_are_written_until_its_end(start: Callable[..., Program], tmp_path: Path) -> None:
    program = start()
    program.does("train(40)")
    assert program.hears() == "trained 40"
    with subprocess.Popen(
        [sys.executable, "-m", "tflab", "attach", "program", "--events", str(tmp_path / "events.jsonl")]
    ) as attached:
        path = tmp_path / "events.jsonl"
        deadline = time.monotonic() + PATIENCE
        while not (path.exists() and "metrics_logged" in path.read_text()) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert program.ends() == 0
        assert attached.wait(PATIENCE) == 0
    events = [json.loads(line) for line in path.read_text().splitlines()]
    assert events[0]["event"] == "session_ready"
    assert [step for event in events if event["event"] == "metrics_logged" for step in event["steps"]][:40] == list(
        range(40)
    )
    # The machine may be measured once more while the process ends.
    *_, last = [event for event in events if event["event"] != "devices_sampled"]
    assert last["event"] == "cell_finished"
