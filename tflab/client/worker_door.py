"""A door for a session of ours, so that ``tflab attach`` shows it as it shows a process that called
``tflab.watch()``."""

from __future__ import annotations

import itertools
import threading
from collections import OrderedDict
from typing import Final, Protocol

import msgspec

from tflab.doors.door import Reply, WatchDoor
from tflab.doors.event_log import EventLog
from tflab.protocol import requests
from tflab.protocol.events import Event
from tflab.protocol.steering import LoopAction
from tflab.protocol.tensor_looks import TensorMeasured, TensorRead

_MOST_ASKED: Final = 64
"""Questions that wait for their answers; of older ones none came."""


class Steerable(Protocol):
    """What a watcher may ask of: `tflab.client.supervisor.Supervisor`."""

    def steer(self, action: LoopAction) -> None: ...
    def turn_knob(self, name: str, value: float) -> None: ...
    def ask_tensor(self, request: requests.ReadTensorRequest | requests.MeasureTensorRequest) -> None: ...


class SessionDoor:
    """Gives watchers a session's events, and the session what watchers ask."""

    def __init__(self, name: str, session: Steerable) -> None:
        """Raises OSError where no door can be opened."""
        self._session = session
        self._log = EventLog()
        self._ids = itertools.count(1)
        self._asked: OrderedDict[int, tuple[int, Reply]] = OrderedDict()
        """The watcher's own number for each question that waits for its answer, and who asked."""
        self._lock = threading.Lock()
        self._door = WatchDoor(name, self._log, self._take, lambda: session.steer("resume"))

    @property
    def name(self) -> str:
        """What watchers call it."""
        return self._door.name

    def write(self, event: Event) -> None:
        """Takes an event; answers go to who asked."""
        if not isinstance(event, (TensorRead, TensorMeasured)):
            self._log.write(event)
            return
        with self._lock:
            asked = self._asked.pop(event.request_id, None)
        if asked is not None:
            number, reply = asked
            reply(msgspec.structs.replace(event, request_id=number))

    def close(self) -> None:
        """Watchers may read to the end."""
        self._log.close()
        self._door.close()

    def _take(self, request: requests.Request, reply: Reply) -> None:
        match request:
            case requests.SteerLoopRequest():
                self._session.steer(request.action)
            case requests.TurnKnobRequest():
                self._session.turn_knob(request.name, request.value)
            case requests.ReadTensorRequest() | requests.MeasureTensorRequest():
                # Watchers count for themselves, and the session must tell their questions apart.
                number = next(self._ids)
                with self._lock:
                    self._asked[number] = request.request_id, reply
                    if len(self._asked) > _MOST_ASKED:
                        self._asked.popitem(last=False)
                self._session.ask_tensor(msgspec.structs.replace(request, request_id=number))
            case _:
                # The session runs what its file says and no watcher's code.
                pass
