"""The form in which the cells of a file are kept while its structure is being edited and not saved."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from tflab.curriculum.file_cells import FileCell, TextPiece, next_identity


def fingerprint(cells: Sequence[FileCell]) -> str:
    """The same for files that hold the same cells."""
    text = json.dumps([(cell.kind, cell.source) for cell in cells])
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def encode(cells: Sequence[FileCell]) -> bytes:
    """Cells as JSON; of those that the file holds only their place there, what was typed, and pictures they took on."""
    return json.dumps([_encoded(cell) for cell in cells], indent=1).encode()


def decode(content: bytes, file_cells: Sequence[FileCell]) -> tuple[FileCell, ...]:
    """The cells that `encode` was given, in a file that holds ``file_cells``. Raises ValueError for anything else."""
    try:
        entries = json.loads(content)
        cells: list[FileCell] = []
        fresh = next_identity(file_cells)
        for entry in entries:
            cell = _decoded(entry, file_cells)
            if cell.identity < 0:
                cell = replace(cell, identity=fresh)
                fresh += 1
            cells.append(cell)
    except (LookupError, TypeError, AttributeError) as error:
        raise ValueError(str(error)) from None
    return tuple(cells)


def _encoded(cell: FileCell) -> dict[str, Any]:
    entry: dict[str, Any] = {"kind": cell.kind, "source": cell.source, "attachments": dict(cell.attachments)}
    if cell.origin is not None:
        return {**entry, "origin": cell.origin}
    if isinstance(cell.piece, TextPiece):
        entry["lines"] = [list(cell.piece.lines), cell.piece.start, cell.piece.end]
    elif cell.piece is not None:
        entry["piece"] = cell.piece
    return entry


def _decoded(entry: dict[str, Any], file_cells: Sequence[FileCell]) -> FileCell:
    kind, source, attachments = entry["kind"], entry["source"], entry["attachments"]
    if kind not in ("code", "markdown", "other") or not isinstance(source, str) or not isinstance(attachments, dict):
        raise ValueError("no cell")
    if "origin" in entry:
        known = file_cells[int(entry["origin"])]
        return replace(known, kind=kind, source=source, attachments=attachments)
    piece = entry.get("piece")
    if "lines" in entry:
        lines, start, end = entry["lines"]
        piece = TextPiece(tuple(map(str, lines)), int(start), int(end))
    return FileCell(kind, source, piece=piece, attachments=attachments)
