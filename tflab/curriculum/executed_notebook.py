"""A document with what its cells showed: the notebook that ``tflab run --output`` writes.

A notebook keeps everything that it held but for the outputs; a script or Markdown becomes a new one, its prose and
its code cells in order.
"""

from __future__ import annotations

import json
from typing import Any

from tflab.curriculum import ipynb
from tflab.curriculum.cell_outputs import CellOutputs
from tflab.curriculum.document import Document
from tflab.protocol.events import CellStarted, Event, ResultShown, SessionReady

RawCell = dict[str, Any]


class ExecutedNotebook:
    """Takes the events of a run, in order, and gives the notebook at any time."""

    def __init__(self, document: Document) -> None:
        """Raises `UnreadableDocument` where a notebook's file has changed or gone since ``document`` was read."""
        self._notebook, self._code = _notebook_of(document)
        for cell in self._code.values():
            cell["outputs"], cell["execution_count"] = [], None
        self._outputs: dict[int, CellOutputs] = {}
        self._count = 0

    def add(self, event: Event) -> None:
        """Takes an event; those of no cell only tell the session's versions."""
        if isinstance(event, SessionReady):
            _complete_metadata(self._notebook["metadata"], event.python)
        if event.cell not in self._code:
            return
        if isinstance(event, CellStarted):
            self._count += 1
            outputs = self._outputs[event.cell] = CellOutputs(self._count)
            self._code[event.cell].update(outputs=outputs.outputs, execution_count=self._count)
        elif isinstance(event, ResultShown) and event.update:
            for outputs in self._outputs.values():
                outputs.update_display(event)
        elif event.cell in self._outputs:
            self._outputs[event.cell].add(event)

    def content(self) -> bytes:
        """The notebook's file, as Jupyter lays it out."""
        return (json.dumps(self._notebook, indent=1, ensure_ascii=False) + "\n").encode("utf-8", "replace")


def _notebook_of(document: Document) -> tuple[dict[str, Any], dict[int, RawCell]]:
    """The notebook without outputs, and its code cells by the index of their step."""
    if document.path.suffix.lower() == ".ipynb":
        notebook = ipynb.load(document.path.read_text(encoding="utf-8-sig"), str(document.path))
        return notebook, dict(enumerate(cell.piece for cell in ipynb.read_cells(notebook) if cell.kind == "code"))
    cells: list[RawCell] = []
    code: dict[int, RawCell] = {}
    for step in document.steps:
        if step.prose:
            cells.append(_cell(f"prose-{step.index + 1}", "markdown", step.prose))
        if step.source.strip() or not step.prose:
            code[step.index] = _cell(f"code-{step.index + 1}", "code", step.source)
            cells.append(code[step.index])
    metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    return {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}, code


def _cell(identity: str, kind: str, source: str) -> RawCell:
    return {"cell_type": kind, "id": identity, "metadata": {}, "source": source}


def _complete_metadata(metadata: dict[str, Any], python: str) -> None:
    language = metadata.get("language_info")
    if not isinstance(language, dict):
        language = metadata["language_info"] = {}
    language.update(name="python", version=python)
