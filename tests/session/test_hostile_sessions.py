"""Sessions that misbehave in every way, and the lab's end of them: it stays calm and learns how they ended."""

from __future__ import annotations

import signal
import struct
from pathlib import Path

import pytest

from tests.sessions import PATIENCE, LiveSession, Run
from tflab.protocol.codec import MAXIMUM_FRAME
from tflab.protocol.events import Event, HeartbeatAnswered, StreamWritten
from tflab.protocol.requests import PingRequest
from tflab.session.channel import LOST_CONNECTION

CHANNEL = """
import os, socket, stat
open_ones = [fd for fd in range(3, 64) if os.path.exists(f"/proc/self/fd/{fd}")]
channel = max(fd for fd in open_ones if stat.S_ISSOCK(os.fstat(fd).st_mode))
"""
"""Finds the descriptor of the session's own channel, as any hostile code can."""


def text_of(events: list[Event]) -> str:
    return "".join(event.text for event in events if isinstance(event, StreamWritten))


@pytest.mark.parametrize(
    ("source", "statuses"),
    [
        ("import os; os._exit(7)", {7}),
        ("import os; os._exit(0)", {0}),
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", {-signal.SIGSEGV}),
        ("import ctypes; ctypes.string_at(0)", {-signal.SIGSEGV}),
        ("import os; os.abort()", {-signal.SIGABRT}),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", {-signal.SIGKILL}),
        ("import os\nos.closerange(3, 100)\nprint('gone')\nwhile True: pass", {LOST_CONNECTION}),
    ],
)
def test_a_session_that_ends_is_seen_to_end(session: LiveSession, source: str, statuses: set[int]) -> None:
    session.start(f"print('printed before')\n{source}")

    events = session.rest()

    assert "printed before\n" in text_of(events)
    assert session.client.exited.wait(PATIENCE)
    assert session.client.status in statuses
    assert session.client.broken == ""


def test_what_c_code_wrote_before_an_abort_is_shown(session: LiveSession) -> None:
    session.start(
        "import ctypes\nc = ctypes.CDLL(None)\nc.dprintf(1, b'at step 3')\nc.dprintf(2, b'CHECK failed: x')\nc.abort()"
    )

    run = Run(tuple(session.rest()))
    assert "at step 3" in run.text("stdout")
    assert "CHECK failed: x" in run.text("stderr")


def test_floods_below_python_are_whole_in_both_streams(session: LiveSession) -> None:
    run = session.check(
        "import subprocess\n"
        "floods = [subprocess.Popen(['seq', '100000'], stdout=descriptor) for descriptor in (1, 2)]\n"
        "[flood.wait() for flood in floods]"
    )

    assert run.results == ["[0, 0]"]
    assert run.text("stdout") == run.text("stderr") == "".join(f"{i}\n" for i in range(1, 100_001))


@pytest.mark.parametrize(
    "data",
    [
        struct.pack("<I", 2**31),
        struct.pack("<I", 2**32 - 1),
        struct.pack("<I", MAXIMUM_FRAME + 1),
        struct.pack("<I", 4) + b"\xc1\xc1\xc1\xc1",
        struct.pack("<I", 100_000) + b"\x91" * 100_000,
        b"\xff" * 10_000,
        bytes(range(256)) * 40,
    ],
    ids=["2 GiB", "4 GiB", "cap + 1", "no msgpack", "deep", "ones", "counting"],
)
def test_bytes_that_are_no_frames_end_the_conversation(session: LiveSession, data: bytes) -> None:
    session.start(f"{CHANNEL}\nos.write(channel, {data!r})\nwhile True: pass")

    session.rest()

    assert session.client.broken != ""


def test_a_forged_event_of_an_unknown_kind_ends_the_conversation(session: LiveSession) -> None:
    forged = "import msgspec, struct\nbody = msgspec.msgpack.encode({'event': 'check_passed', 'exercise': 'all'})"
    session.start(f"{CHANNEL}\n{forged}\nos.write(channel, struct.pack('<I', len(body)) + body)\nwhile True: pass")

    session.rest()

    assert "check_passed" in session.client.broken


def test_a_session_that_is_deaf_to_signals_stops_by_cancellation_only(session: LiveSession) -> None:
    session.start("import signal, time\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nprint('deaf')\nwhile True: pass")
    session.wait_for(lambda event: isinstance(event, StreamWritten))

    session.interrupt()
    session.client.send(PingRequest(sequence=1))

    # It still answers: the lab knows that it lives, and offers to kill it.
    session.wait_for(lambda event: isinstance(event, HeartbeatAnswered))
    with pytest.raises(TimeoutError):
        session.finish(timeout=4.0)


def test_a_handler_of_the_learners_own_is_replaced_at_the_next_cell(session: LiveSession) -> None:
    session.check("import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN);")
    session.start("print('on')\nwhile True: pass")
    session.wait_for(lambda event: isinstance(event, StreamWritten))

    session.interrupt()

    assert session.finish().finished.status == "interrupted"


def test_a_flood_with_a_lab_that_does_not_read_keeps_memory_flat(session: LiveSession) -> None:
    # GIVEN a session that prints without end and a lab that has stopped reading
    session.check("import resource, threading\nbefore = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss")
    session.start("written = 0\nwhile True:\n    print('x' * 100)\n    written += 1")
    session.wait_for(lambda event: isinstance(event, StreamWritten))
    session.reading.clear()
    stopped = memory_when_still(session)

    # WHEN it is interrupted and read again
    session.interrupt()
    session.reading.set()

    # THEN nothing was lost and it took little memory
    run = session.finish()
    assert run.finished.status == "interrupted"
    counted = int(session.check("written").results[0])
    told = text_of(list(run.events)).count("\n")
    assert counted - 3 <= told + 400_000
    grown = int(session.check("resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before").results[0])
    assert grown < 64 << 10
    assert stopped > 0


def memory_when_still(session: LiveSession) -> int:
    """Resident memory of the session in bytes, once it has stopped using the processor."""
    import threading

    used, pause = -1, threading.Event()
    while True:
        fields = Path(f"/proc/{session.client.pid}/stat").read_text().rpartition(")")[2].split()
        now = int(fields[11]) + int(fields[12])
        if now - used <= 2:
            return int(fields[21]) * 4096
        used = now
        pause.wait(0.5)


def test_requests_beyond_measure_do_not_block_the_lab(session: LiveSession) -> None:
    # A session that is stopped reads nothing.
    session.start("import os, signal\nprint('stopping')\nos.kill(os.getpid(), signal.SIGSTOP)")
    session.wait_for(lambda event: isinstance(event, StreamWritten))

    for number in range(200_000):
        session.client.send(PingRequest(sequence=number))
