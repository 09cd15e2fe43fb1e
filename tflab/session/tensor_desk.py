"""Where questions about tensors are answered while a cell runs: the lab's, and those of who watches."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from queue import Full, Queue
from typing import Any, Final

from tflab.messages import text
from tflab.protocol.events import Event
from tflab.protocol.requests import MeasureTensorRequest, ReadTensorRequest
from tflab.protocol.tensor_looks import TensorMeasured, TensorRead
from tflab.session.probes.tensor_reader import TensorReader

_MOST_QUESTIONS: Final = 64
"""Of one kind that wait; of more the asker hears nothing, and asks again when it looks again."""

Reply = Callable[[Event], None]


class TensorDesk:
    """A thread for glances and another for measuring, which may take seconds; each begins with its first question."""

    def __init__(self, namespace: Mapping[str, Any], *, is_open: bool = True) -> None:
        """Where it ``is_open`` not, in a session without probes, answers say so."""
        reader = TensorReader(namespace)
        self._glances = _Answering("tflab-tensor-reader", reader.read if is_open else _refused)
        self._measurements = _Answering("tflab-tensor-measurer", reader.measure if is_open else _refused)

    def ask(self, request: ReadTensorRequest | MeasureTensorRequest, reply: Reply) -> None:
        """Queues the question; returns at once. ``reply`` gets the answer, on a thread of the desk."""
        if isinstance(request, ReadTensorRequest):
            self._glances.ask(request, reply)
        else:
            self._measurements.ask(request, reply)


def _refused(request: ReadTensorRequest | MeasureTensorRequest) -> Event:
    kind = TensorRead if isinstance(request, ReadTensorRequest) else TensorMeasured
    return kind(request_id=request.request_id, name=request.name, problem=text("probe.tensor.off"))


class _Answering:
    """Answers questions of one kind, in order. Any thread may ask."""

    def __init__(self, name: str, answer: Callable[[Any], Event]) -> None:
        self._name = name
        self._answer = answer
        self._questions: Queue[tuple[Any, Reply]] = Queue(_MOST_QUESTIONS)
        self._lock = threading.Lock()
        self._is_running = False

    def ask(self, question: Any, reply: Reply) -> None:
        """One more, unless too many wait."""
        try:
            self._questions.put_nowait((question, reply))
        except Full:
            return
        with self._lock:
            if self._is_running:
                return
            self._is_running = True
        threading.Thread(target=self._run, name=self._name, daemon=True).start()

    def _run(self) -> None:
        while True:
            question, reply = self._questions.get()
            reply(self._answer(question))
