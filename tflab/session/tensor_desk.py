"""Where the lab's questions about tensors are answered while a cell runs."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from queue import SimpleQueue
from typing import Any

from tflab.messages import text
from tflab.protocol.events import Event
from tflab.protocol.requests import MeasureTensorRequest, ReadTensorRequest
from tflab.protocol.tensor_looks import TensorMeasured, TensorRead
from tflab.session.channel import Channel
from tflab.session.probes.tensor_reader import TensorReader


class TensorDesk:
    """A thread for glances and another for measuring, which may take seconds; each begins with its first question."""

    def __init__(self, channel: Channel, namespace: Mapping[str, Any], *, is_open: bool) -> None:
        """Answers go to ``channel``. Where it ``is_open`` not, in a session without probes, they say so."""
        self._is_open = is_open
        reader = TensorReader(namespace)
        self._glances = _Answering("tflab-tensor-reader", reader.read, channel)
        self._measurements = _Answering("tflab-tensor-measurer", reader.measure, channel)
        self._channel = channel

    def ask(self, request: ReadTensorRequest | MeasureTensorRequest) -> None:
        """Queues the question; returns at once."""
        if not self._is_open:
            kind = TensorRead if isinstance(request, ReadTensorRequest) else TensorMeasured
            refusal = kind(request_id=request.request_id, name=request.name, problem=text("probe.tensor.off"))
            self._channel.emit(refusal, wait=False)
        elif isinstance(request, ReadTensorRequest):
            self._glances.ask(request)
        else:
            self._measurements.ask(request)


class _Answering:
    """Answers questions of one kind, in order."""

    def __init__(self, name: str, answer: Callable[[Any], Event], channel: Channel) -> None:
        self._name = name
        self._answer = answer
        self._channel = channel
        self._questions: SimpleQueue[Any] = SimpleQueue()
        self._is_running = False

    def ask(self, question: Any) -> None:
        """One more. Only one thread may call it."""
        self._questions.put(question)
        if not self._is_running:
            self._is_running = True
            threading.Thread(target=self._run, name=self._name, daemon=True).start()

    def _run(self) -> None:
        while True:
            self._channel.emit(self._answer(self._questions.get()))
