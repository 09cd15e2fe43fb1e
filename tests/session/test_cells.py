"""Cells in a real session: what runs, what is shown, how it ends."""

from __future__ import annotations

import pytest

from tests.sessions import LiveSession, WarmServer
from tflab.protocol.events import CellStarted, StreamWritten


def test_a_cell_tells_its_start_its_output_and_its_end_in_order(session: LiveSession) -> None:
    run = session.check("print('one')\n1 + 1")

    assert isinstance(run.events[0], CellStarted)
    assert run.text() == "one\n"
    assert run.results == ["2"]
    assert run.events[-1] is run.finished
    assert {event.cell for event in run.events} == {0}
    assert run.finished.time == max(event.time for event in run.events)


def test_the_ready_event_names_versions_and_devices(session: LiveSession) -> None:
    assert session.ready.tensorflow.startswith("2.")
    assert session.ready.keras.startswith("3.")
    assert session.ready.pid == session.client.pid
    assert "cpu" in [device.kind for device in session.ready.devices]


def test_stdout_and_stderr_keep_their_order(shared_session: LiveSession) -> None:
    run = shared_session.check(
        "import sys\nfor i in range(50):\n    print(i)\n    print(-i, file=sys.stderr)\n    sys.stdout.write('\\r')"
    )

    told = "".join(event.text for event in run.all(StreamWritten))
    assert told == "".join(f"{i}\n{-i}\n\r" for i in range(50))


def test_print_and_tf_print_and_raw_output_keep_their_order(shared_session: LiveSession) -> None:
    run = shared_session.check(
        """
import os, subprocess, sys
import tensorflow as tf
print("python")
tf.print("tensorflow")
print("python again")
subprocess.run(["echo", "subprocess"])
print("and again")
os.write(2, b"raw\\n")
tf.print("to stdout", output_stream=sys.stdout)
@tf.function
def traced(x):
    print("trace")
    tf.print("step", x)
traced(tf.constant(1))
traced(tf.constant(2))
"""
    )

    lines = "".join(event.text for event in run.all(StreamWritten)).splitlines()
    assert lines == [
        *("python", "tensorflow", "python again", "subprocess", "and again", "raw", "to stdout"),
        *("trace", "step 1", "step 2"),
    ]
    assert "to stdout\n" in run.text("stdout")
    assert "tensorflow\n" in run.text("stderr")


def test_what_is_written_below_python_belongs_to_the_stream_of_its_descriptor(shared_session: LiveSession) -> None:
    run = shared_session.check(
        """
import ctypes, os, subprocess
subprocess.run(["sh", "-c", "echo out 1; echo err 1 >&2"])
libc = ctypes.CDLL(None)
for descriptor, name in ((1, b"out"), (2, b"err")):
    libc.dprintf(descriptor, b"%s 2\\n", name)
    os.write(descriptor, name + b" 3\\n")
"""
    )

    assert run.text("stdout") == "out 1\nout 2\nout 3\n"
    assert run.text("stderr") == "err 1\nerr 2\nerr 3\n"


def test_processes_inherit_no_pipe_beside_their_streams(shared_session: LiveSession) -> None:
    run = shared_session.check(
        "import os, stat\n"
        "def is_pipe(descriptor):\n"
        "    try: return stat.S_ISFIFO(os.fstat(descriptor).st_mode) and os.get_inheritable(descriptor)\n"
        "    except OSError: return False\n"
        "list(filter(is_pipe, range(256)))"
    )

    assert run.results == ["[1, 2]"]


def test_results_are_numbered_and_remembered(session: LiveSession) -> None:
    session.check("41 + 1")
    session.check("'second'")

    assert session.check("_, __, In[1], Out[1]").results == ["('second', 42, '41 + 1', 42)"]


def test_a_trailing_semicolon_hides_the_result(shared_session: LiveSession) -> None:
    assert shared_session.check("5;").results == []
    assert shared_session.check("x = 1; x").results == ["1"]


def test_an_empty_cell_ends_well(shared_session: LiveSession) -> None:
    for source in ("", "\n\n", "# only a comment", "   "):
        assert shared_session.run(source).finished.status == "ok"


def test_names_live_on_in_one_namespace(shared_session: LiveSession) -> None:
    shared_session.check("def double(x):\n    return 2 * x\nkept = 4")
    assert shared_session.check("double(kept)").results == ["8"]


def test_future_imports_hold_for_later_cells(session: LiveSession) -> None:
    session.check("from __future__ import annotations")
    run = session.check("def f(x: Undefined): ...\nf.__annotations__")
    assert run.results == ["{'x': 'Undefined'}"]


# --- how cells end -------------------------------------------------------------------------------------------------


def test_an_error_names_the_line_and_shows_the_learners_frames(shared_session: LiveSession) -> None:
    shared_session.check("def half(x):\n    return x / 0")
    run = shared_session.run("print('before')\n\nhalf(1)")

    assert run.text() == "before\n"
    assert run.finished.status == "error"
    error = run.finished.error
    assert error is not None
    assert (error.name, error.message, error.line) == ("ZeroDivisionError", "division by zero", 3)
    assert "half(1)" in error.traceback
    assert "return x / 0" in error.traceback
    assert "tflab" not in error.traceback


@pytest.mark.parametrize(
    ("source", "line", "shown"),
    [
        ("x = (1,\n  2", 1, "x = (1,"),
        ("\n\ny = = 2", 3, "y = = 2"),
        ("def f():\nreturn 1", 2, "return 1"),
        ("z = 1\nreturn z", 2, "return z"),
        ("for i in 3:\n    nonlocal q", 2, "nonlocal q"),
        ("'unterminated", 1, "'unterminated"),
    ],
)
def test_a_syntax_error_shows_its_line(shared_session: LiveSession, source: str, line: int, shown: str) -> None:
    error = shared_session.run(source).finished.error

    assert error is not None
    assert error.name in ("SyntaxError", "IndentationError")
    assert error.line == line
    assert shown in error.traceback


@pytest.mark.parametrize(
    ("source", "status", "exit_status"),
    [
        ("exit()", "ok", 0),
        ("quit(0)", "ok", 0),
        ("import sys; sys.exit()", "ok", 0),
        ("raise SystemExit", "ok", 0),
        ("exit(3)", "error", 3),
        ("import sys; sys.exit(3)", "error", 3),
        ("import sys; sys.exit(256 + 9)", "error", 9),
    ],
)
def test_an_exit_ends_the_cell_quietly(shared_session: LiveSession, source: str, status: str, exit_status: int) -> None:
    run = shared_session.run(f"{source}\nprint('not reached')")

    assert (run.finished.status, run.finished.exit_status) == (status, exit_status)
    assert run.text() + run.text("stderr") == ""
    if run.finished.error is not None:
        assert run.finished.error.traceback == ""
    assert shared_session.check("1").results == ["1"]


def test_an_exit_with_a_message_says_it(shared_session: LiveSession) -> None:
    run = shared_session.run("import sys; sys.exit('bad input')")

    assert run.finished.exit_status == 1
    assert run.text("stderr") == "bad input\n"


def test_exceptions_in_threads_are_shown(shared_session: LiveSession) -> None:
    run = shared_session.check(
        "import threading\n"
        "def work():\n    raise RuntimeError('in a thread')\n"
        "t = threading.Thread(target=work, name='worker'); t.start(); t.join()"
    )

    assert "worker" in run.text("stderr")
    assert "RuntimeError: in a thread" in run.text("stderr")
    assert "threading.py" not in run.text("stderr")


def test_exceptions_that_cannot_be_raised_are_shown(shared_session: LiveSession) -> None:
    run = shared_session.check("class D:\n    def __del__(self):\n        1 / 0\nd = D()\ndel d")
    assert "ZeroDivisionError" in run.text("stderr")


def test_a_failing_repr_is_shown_and_the_cell_goes_on(shared_session: LiveSession) -> None:
    run = shared_session.run("class R:\n    def __repr__(self):\n        raise ValueError('no repr')\nR()")

    assert "ValueError: no repr" in run.text("stderr") + str(run.finished.error)
    assert shared_session.check("1").results == ["1"]


def test_exceptions_may_be_made_to_mislead(shared_session: LiveSession) -> None:
    for body in (
        "def __str__(self): return Text('x')",
        "__notes__ = 5",
        "@property\n    def __cause__(self): 1 / 0",
        "@property\n    def __notes__(self): raise KeyboardInterrupt",
    ):
        run = shared_session.run(f"class Text(str): pass\nclass Odd(Exception):\n    {body}\nraise Odd('o')")
        assert run.finished.status == "error"
        assert run.finished.error is not None
        assert run.finished.error.name == "Odd"
    run = shared_session.run("e = SyntaxError('s'); e.lineno = 'three'; e.filename = '<cell 1>'; raise e")
    assert run.finished.error is not None
    assert shared_session.check("1").results == ["1"]


def test_results_may_be_odd_texts(shared_session: LiveSession) -> None:
    run = shared_session.check(
        "import numpy as np, sys\nsys.stdout.write(np.str_('numpy text\\n'))\n"
        "display({'text/plain': np.str_('shown'), 5: 'five'}, raw=True)\n"
        "class Text(str): pass\nclass R:\n    def __repr__(self): return Text('odd')\nR()"
    )
    assert run.text() == "numpy text\n"
    assert run.results == ["shown", "odd"]


def test_warnings_name_the_cell(shared_session: LiveSession) -> None:
    run = shared_session.check("import warnings\nwarnings.warn('careful')")
    assert "UserWarning: careful" in run.text("stderr")


# --- TensorFlow's own errors ---------------------------------------------------------------------------------------


def test_an_error_inside_a_tf_function_shows_the_learners_line(shared_session: LiveSession) -> None:
    run = shared_session.run(
        "import tensorflow as tf\n@tf.function\ndef step(x):\n    return tf.matmul(x, x)\nstep(tf.ones((2, 3)))"
    )

    error = run.finished.error
    assert error is not None
    assert error.line == 4
    assert "return tf.matmul(x, x)" in error.traceback
    assert "site-packages" not in error.traceback
    assert "in user code" not in error.traceback
    assert error.message.startswith("Dimensions must be equal")


def test_an_error_of_the_graph_shows_the_line_of_the_operation(shared_session: LiveSession) -> None:
    run = shared_session.run(
        """import tensorflow as tf
@tf.function
def loss(y, x):
    return tf.nn.sparse_softmax_cross_entropy_with_logits(y, x)
loss(tf.constant([11]), tf.ones((1, 10)))"""
    )

    error = run.finished.error
    assert error is not None
    assert error.line == 4
    assert error.message.startswith("Received a label value of 11")
    assert "__inference" not in error.traceback
    assert "Graph execution error" not in error.traceback


def test_an_error_inside_keras_shows_the_learners_call(shared_session: LiveSession) -> None:
    run = shared_session.run(
        "import keras, numpy as np\nm = keras.Sequential([keras.layers.Dense(2)])\n"
        "m.build((None, 4))\nm(np.ones((2, 5)))"
    )

    error = run.finished.error
    assert error is not None
    assert error.line == 4
    assert "\x1b" not in error.traceback
    assert error.message.startswith("Input 0")


# --- asynchronous cells --------------------------------------------------------------------------------------------


def test_await_works_at_the_top_level(shared_session: LiveSession) -> None:
    run = shared_session.check("import asyncio\nawait asyncio.sleep(0.01)\nz = 5\nz")
    assert run.results == ["5"]

    run = shared_session.check("async def seven():\n    return 7\ntask = asyncio.create_task(seven())\nawait task")
    assert run.results == ["7"]


def test_an_error_after_an_await_names_its_line(shared_session: LiveSession) -> None:
    error = shared_session.run("import asyncio\nawait asyncio.sleep(0)\n1 / 0").finished.error

    assert error is not None
    assert error.line == 3


# --- below Python --------------------------------------------------------------------------------------------------


def test_the_start_up_chatter_of_tensorflow_is_not_shown(warm_server: WarmServer) -> None:
    with warm_server.session() as session:
        run = session.check("import tensorflow as tf\ntf.config.list_physical_devices('GPU'); float(tf.ones(())) ")

    assert run.text("stderr") == ""


def test_forked_processes_can_print(shared_session: LiveSession) -> None:
    run = shared_session.check(
        """
import os, sys
pid = os.fork()
if pid == 0:
    print("from the child")
    try:
        input()
    except EOFError:
        sys.exit(4)
print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
"""
    )

    assert sorted(run.text().splitlines()) == ["4", "from the child"]


def test_processes_of_multiprocessing_can_print(shared_session: LiveSession) -> None:
    run = shared_session.check(
        """
import multiprocessing
def work(number):
    print("child", number)
process = multiprocessing.get_context("fork").Process(target=work, args=(5,))
process.start()
process.join()
process.exitcode
"""
    )

    assert run.results == ["0"]
    assert run.text() == "child 5\n"


def test_a_fork_beside_a_busy_thread_does_not_hang(shared_session: LiveSession) -> None:
    run = shared_session.check(
        """
import os, threading
stop = threading.Event()
def chatter():
    while not stop.is_set():
        print("x")
thread = threading.Thread(target=chatter)
thread.start()
statuses = []
for _ in range(20):
    pid = os.fork()
    if pid == 0:
        print("y")
        os._exit(3)
    statuses.append(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
stop.set()
thread.join()
set(statuses)
"""
    )

    assert run.results == ["{3}"]


def test_bytes_and_the_original_streams_are_text_of_the_cell(shared_session: LiveSession) -> None:
    run = shared_session.check("import sys\nsys.stdout.buffer.write(b'\\xc3\\xa9\\n')\nsys.__stdout__.write('x\\n');")
    assert run.text() == "\u00e9\nx\n"
