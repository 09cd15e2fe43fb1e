"""What a process asks of a processor."""

from __future__ import annotations

import threading
import time

from tflab.session.probes.core_demand import CoreDemand

SPUN = 0.2


def seconds_asked(name: str) -> float:
    """What is counted while a thread of that name uses `SPUN` seconds of a core, however long that takes."""
    has_spun, may_end = threading.Event(), threading.Event()

    def spin() -> None:
        end = time.thread_time() + SPUN
        while time.thread_time() < end:
            pass
        has_spun.set()
        may_end.wait()

    demand, began = CoreDemand(), time.monotonic()
    thread = threading.Thread(target=spin, name=name)
    thread.start()
    has_spun.wait()
    share = demand.share()
    passed = time.monotonic() - began
    may_end.set()
    thread.join()
    return share * passed


def test_a_thread_that_computes_is_counted_and_one_of_ours_is_not() -> None:
    # A little less: the kernel brings its account up to date now and then.
    assert seconds_asked("computes") > 0.9 * SPUN
    assert seconds_asked("tflab-poller") < 0.5 * SPUN
