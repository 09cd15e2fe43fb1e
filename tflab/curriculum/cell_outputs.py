"""What a cell showed, in the form of a notebook's ``outputs`` (nbformat 4)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from tflab.protocol.events import CellFinished, Event, OutputCleared, ResultShown, StreamWritten

Output = dict[str, Any]


@dataclass(frozen=True)
class ShownOutputs:
    """What the latest run of a cell has shown."""

    execution_count: int | None
    outputs: list[Output]


class CellOutputs:
    """The outputs of one cell while it runs. Displays are updated and cleared as Jupyter does it."""

    def __init__(self, execution_count: int | None) -> None:
        self.outputs: list[Output] = []
        self._execution_count = execution_count
        self._displays: dict[str, list[Output]] = {}
        self._clear_with_next = False

    def add(self, event: Event) -> None:
        """Takes what the cell's events show; the others show nothing."""
        match event:
            case StreamWritten():
                self._clear_if_due()
                self._write(event)
            case ResultShown():
                self._clear_if_due()
                self._show(event)
            case OutputCleared(wait=True):
                self._clear_with_next = True
            case OutputCleared():
                self._clear()
            case CellFinished() if event.error is not None:
                traceback = event.error.traceback or f"{event.error.name}: {event.error.message}"
                self.outputs.append(
                    {
                        "output_type": "error",
                        "ename": event.error.name,
                        "evalue": event.error.message,
                        "traceback": traceback.rstrip("\n").split("\n"),
                    }
                )

    def update_display(self, event: ResultShown) -> None:
        """Replaces what this cell displayed earlier under the same ``display_id``."""
        for output in self._displays.get(event.display_id or "", ()):
            output["data"] = _data(event.mime)

    def _write(self, event: StreamWritten) -> None:
        last = self.outputs[-1] if self.outputs else None
        if last is not None and last["output_type"] == "stream" and last["name"] == event.name:
            last["text"] += event.text
        else:
            self.outputs.append({"output_type": "stream", "name": event.name, "text": event.text})

    def _show(self, event: ResultShown) -> None:
        output: Output = {"output_type": "display_data", "data": _data(event.mime), "metadata": {}}
        if event.is_result:
            output["output_type"] = "execute_result"
            output["execution_count"] = self._execution_count
        if event.display_id is not None:
            self._displays.setdefault(event.display_id, []).append(output)
        self.outputs.append(output)

    def _clear_if_due(self) -> None:
        if self._clear_with_next:
            self._clear()

    def _clear(self) -> None:
        self._clear_with_next = False
        self.outputs.clear()
        self._displays.clear()


def _data(mime: dict[str, str]) -> dict[str, Any]:
    """A mimebundle as a notebook keeps it: JSON as JSON, everything else as text."""
    return {
        kind: json.loads(value) if kind == "application/json" or kind.endswith("+json") else value
        for kind, value in mime.items()
    }
