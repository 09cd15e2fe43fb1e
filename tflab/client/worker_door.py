"""A door for a session of ours, so that ``tflab attach`` shows it as it shows a process that called
``tflab.watch()``."""

from __future__ import annotations

from typing import Protocol

from tflab.doors.door import WatchDoor
from tflab.doors.event_log import EventLog
from tflab.protocol import requests
from tflab.protocol.events import Event
from tflab.protocol.steering import LoopAction


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
        self._door = WatchDoor(name, self._log, self._take, lambda: session.steer("resume"))

    @property
    def name(self) -> str:
        """What watchers call it."""
        return self._door.name

    def write(self, event: Event) -> None:
        """Takes an event."""
        self._log.write(event)

    def close(self) -> None:
        """Watchers may read to the end."""
        self._log.close()
        self._door.close()

    def _take(self, request: requests.Request) -> None:
        match request:
            case requests.SteerLoopRequest():
                self._session.steer(request.action)
            case requests.TurnKnobRequest():
                self._session.turn_knob(request.name, request.value)
            case requests.ReadTensorRequest() | requests.MeasureTensorRequest():
                self._session.ask_tensor(request)
            case _:
                # The session runs what its file says and no watcher's code.
                pass
