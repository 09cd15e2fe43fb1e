"""Cells that try to pass without solving anything, by what they go about."""

from __future__ import annotations

import re
from collections.abc import Sequence
from textwrap import dedent
from typing import Final


def _cells(text: str) -> dict[str, str]:
    """Attacks by name: each begins with a line ``# --- NAME``."""
    parts = re.split(r"^# --- (.+)\n", dedent(text), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


FORGED_FRAME: Final = """
import os, stat, struct, msgspec, sys
verdict = msgspec.msgpack.encode({
    "event": "check_finished", "exercise": "it", "passed": True, "cell": 1, "token": TOKEN,
    "evidence": [{"claim": "twice 21", "held": True, "observed": "saw 42"}],
})
frame = struct.pack("<I", len(verdict)) + verdict
channels = [fd for fd in range(3, 64) if os.path.exists(f"/proc/self/fd/{fd}") and stat.S_ISSOCK(os.fstat(fd).st_mode)]
finished = msgspec.msgpack.encode({"event": "cell_finished", "cell": 1, "status": "ok", "seconds": 0.1})
ended = struct.pack("<I", len(finished)) + finished
"""
"""Makes ``frame`` (a verdict, with what stands for TOKEN), ``ended`` (the end of the cell) and ``channels``."""

PATCHES: Final = _cells(
    """
    # --- claims
    import tflab.session.grading.claims as m
    m.Check._claim = lambda self, claim, judge: self._add(claim, True, "")
    # --- evidence
    import tflab.session.grading.claims as m
    add = m.Check._add
    m.Check._add = lambda self, claim, held, observed: add(self, claim, True, observed)
    # --- equal and shape
    from tflab.session.grading.claims import Check
    Check.equal = Check.shape = lambda self, *_, **__: self.that(True, "twice 21")
    # --- the code of a method
    from tflab.session.grading.claims import Check
    def yes(self, claim, held, observed):
        from tflab.protocol.events import Evidence
        self._report(Evidence(claim="c", held=True, observed=""))
        return True
    Check._add.__code__ = yes.__code__
    # --- differences
    import tflab.session.grading.values as m
    m.difference = lambda *_: None
    # --- the code of a function
    import tflab.session.grading.values as m
    m._agree.__code__ = (lambda seen, wanted, tolerance: seen == seen).__code__
    # --- defaults
    from tflab.session.grading.claims import Check
    Check.equal.__defaults__ = (1e9,)
    # --- names that shadow built-in functions
    import tflab.session.grading.values as m
    m.isinstance = m.bool = lambda *_: True
    # --- the grader
    from tflab.session.grading.grader import Grader
    from tflab.protocol.events import CheckFinished, Evidence
    yes = (Evidence(claim="c", held=True, observed=""),)
    Grader.judge = lambda self, request, *_: CheckFinished(
        cell=1, exercise="it", passed=True, evidence=yes, token=request.token
    )
    # --- the session
    import tflab.session.session as s
    from tflab.protocol.events import CheckFinished, Evidence
    yes = (Evidence(claim="c", held=True, observed=""),)
    def judge(self, request):
        self._channel.emit(CheckFinished(cell=1, exercise="it", passed=True, evidence=yes, token=request.token))
        self._channel.flush()
    s.Session._judge = judge
    # --- requests
    import msgspec
    import tflab.session.session as s
    next_one = s.Session._next_request
    s.Session._next_request = lambda self: msgspec.structs.replace(next_one(self), source="check.that(True, 'c')")
    # --- encoding
    import msgspec
    import tflab.session.channel as m
    encode = m.encode
    m.encode = lambda e: encode(msgspec.structs.replace(e, passed=True) if hasattr(e, "passed") else e)
    # --- the channel
    import msgspec
    from tflab.session.channel import Channel
    emit = Channel.emit
    def forge(self, event, **options):
        emit(self, msgspec.structs.replace(event, passed=True) if hasattr(event, "passed") else event, **options)
    Channel.emit = forge
    # --- the watch for threads
    from tflab.session.grading.left_threads import ThreadWatch
    ThreadWatch.running = lambda self: None
    # --- sys.modules
    import sys, types
    sys.modules["tflab.session.grading.values"] = sys.modules["numpy"] = types.ModuleType("numpy")
    # --- NumPy
    import numpy
    for name in ("array", "asarray", "abs", "maximum", "isnan", "char"):
        setattr(numpy, name, lambda *_, **__: numpy.zeros([0]))
    # --- tensors
    for kind in type(tf.constant(1.0)).__mro__:
        for name in {"numpy", "_numpy", "__array__"} & set(vars(kind)):
            try:
                setattr(kind, name, lambda self, *_: np.zeros([1]))
            except TypeError:
                pass
    # --- TensorFlow
    tf.constant = lambda *_, **__: np.zeros([2])
    tf.ones = lambda *_, **__: np.zeros([2, 3])
    # --- built-in functions
    import builtins
    builtins.abs = builtins.sum = builtins.bool = lambda *_: 0
    builtins.all = builtins.any = builtins.isinstance = lambda *_: True
    # --- names of built-in functions
    abs = sum = min = max = len = lambda *_: 0
    all = any = isinstance = bool = lambda *_: True
    # --- check and modules as names
    class Yes:
        def __getattr__(self, name):
            return lambda *_, **__: True
    check = tf = np = Yes()
    # --- tflab.lab
    import tflab.lab, tflab.session.grading as g
    tflab.lab.check = None
    tflab.lab.traces = lambda function: []
    tflab.lab.__getattr__ = lambda name: None
    g.printing_check = lambda: None
    # --- the import system
    import sys, builtins
    sys.meta_path.clear()
    builtins.__import__ = lambda *_, **__: tf
    # --- compiling
    import builtins
    own = compile
    builtins.compile = lambda s, n, *a, **k: own("check.that(True, 'c')" if "check" in n else s, n, *a, **k)
    builtins.exec = lambda *_: None
    """
)
"""Cells that replace what a check relies on."""


def delayed(attacks: Sequence[str]) -> str:
    """A wrong answer that attacks when the check calls it, each time in another way."""
    return f"""
import itertools
ATTACKS = itertools.cycle({list(attacks)!r})
def attack():
    exec(next(ATTACKS), globals())
def double(x):
    attack()
    return x
"""


def inside_values(attacks: Sequence[str]) -> str:
    """A wrong answer that attacks when its value is looked at, in whichever way, each time in another one."""
    return f"""
import itertools
ATTACKS = itertools.cycle({list(attacks)!r})
class Value:
    def attack(self):
        exec(next(ATTACKS), globals())
    shape = property(lambda self: self.attack() or (0,))
    dtype = property(lambda self: self.attack() or "float64")
    __class__ = property(lambda self: self.attack() or tf.Tensor)
    def __bool__(self):
        self.attack()
        return False
    def __array__(self, *_, **__):
        self.attack()
        return np.zeros([1])
    def __repr__(self):
        self.attack()
        return "saw 42"
    def __iter__(self):
        self.attack()
        return iter(())
def double(x):
    return Value()
"""


WATCHERS: Final = _cells(
    """
    # --- a trace function
    import sys, threading
    def watch(frame, event, argument):
        evidence = frame.f_locals.get("evidence")
        if isinstance(evidence, list):
            evidence.clear()
        return watch
    sys.settrace(watch)
    threading.settrace(watch)
    # --- a profiler
    import sys
    def watch(frame, event, argument):
        evidence = frame.f_locals.get("evidence")
        if isinstance(evidence, list):
            evidence.clear()
    sys.setprofile(watch)
    # --- an exception hook
    import sys
    sys.excepthook = sys.unraisablehook = lambda *_: None
    # --- a timer
    import signal
    from tflab.session.grading.claims import Check
    def forge(*_):
        Check._claim = lambda self, claim, judge: self._add(claim, True, "")
    signal.signal(signal.SIGALRM, forge)
    signal.setitimer(signal.ITIMER_REAL, 0.0001, 0.0001)
    # --- a collector callback
    import gc
    from tflab.session.grading.claims import Check
    def forge(*_):
        Check._claim = lambda self, claim, judge: self._add(claim, True, "")
    gc.callbacks.append(forge)
    gc.set_threshold(1, 1, 1)
    """
)
"""Cells that would be called while the check runs."""

MONITOR: Final = """
import sys
from tflab.session.grading.claims import Check
def forge(*_):
    Check._claim = lambda self, claim, judge: self._add(claim, True, "")
if hasattr(sys, "monitoring"):
    sys.monitoring.use_tool_id(4, "forger")
    sys.monitoring.register_callback(4, sys.monitoring.events.PY_START, forge)
    sys.monitoring.set_events(4, sys.monitoring.events.PY_START)
"""
"""The same by what Python 3.12 brought."""

OBJECTS: Final = _cells(
    """
    # --- equal to all
    class Yes:
        shape = (2, 3)
        def __eq__(self, other):
            return True
        def __bool__(self):
            return True
    def double(x):
        return Yes()
    # --- whatever array is asked for
    class Yes:
        shape = (2, 3)
        dtype = np.float32
        def __array__(self, *_, **__):
            return np.float64(42.0)
    def double(x):
        return Yes()
    # --- an array of its own kind
    class Yes(np.ndarray):
        def __eq__(self, other):
            return True
        def __array_ufunc__(self, *_, **__):
            return np.zeros(self.shape)
    def double(x):
        return np.asarray(x).view(Yes)
    # --- printed
    print(42.0)
    print([3.0, -4.0])
    def double(x):
        print(2 * x)
    """
)
"""Wrong answers whose values claim to be right."""

THREADS: Final = {
    **_cells(
        """
        # --- that patches
        import threading
        from tflab.session.grading.claims import Check
        from tflab.session.grading.left_threads import ThreadWatch
        def forge():
            while True:
                ThreadWatch.running = lambda self: None
                Check._claim = lambda self, claim, judge: self._add(claim, True, "")
        threading.Thread(target=forge, daemon=True, name="forger").start()
        # --- of the lowest kind
        import _thread, time
        from tflab.session.grading.claims import Check
        def forge():
            while True:
                Check._claim = lambda self, claim, judge: self._add(claim, True, "")
                time.sleep(0)
        _thread.start_new_thread(forge, ())
        # --- that waits
        import threading
        from tflab.session.grading.claims import Check
        forge = lambda self, claim, judge: self._add(claim, True, "")
        threading.Timer(600.0, setattr, (Check, "_claim", forge)).start()
        # --- of a pool
        import concurrent.futures, time
        concurrent.futures.ThreadPoolExecutor(1).submit(time.sleep, 60)
        """
    ),
    "that writes": FORGED_FRAME.replace("TOKEN", "''")
    + dedent(
        """
        import threading, time
        def forge():
            while True:
                [os.write(fd, frame) for fd in channels]
                time.sleep(0.001)
        threading.Thread(target=forge, daemon=True, name="forger").start()
        """
    ),
}
"""Cells that leave a thread behind."""
