"""TensorBoard's own event files, written and read without TensorFlow or TensorBoard.

An event file is a TFRecord file of ``Event`` messages (tensorflow/core/util/event.proto): a record is the length of its
data, a checksum of that, the data and a checksum of the data; the checksums are CRC-32C, rotated and shifted.

The encoding is our own: the libraries that write these files without TensorFlow take a tenth of a millisecond a value
and read none. Here all values of a curve are encoded at once, as the rows of one array of bytes.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tflab.curriculum.kept_files import DamagedFile

Bytes = NDArray[np.uint8]

_TIME: Final = b"\x09"
"""Field 1 of ``Event``, a double: Unix seconds."""
_STEP: Final = b"\x10"
"""Field 2, a varint."""
_VERSION: Final = b"\x1a"
"""Field 3, a string, in the first event of a file."""
_SUMMARY: Final = b"\x2a"
"""Field 5, a ``Summary``; its field 1 is a ``Value`` with a tag (1) and a float (2)."""
_VALUE: Final = b"\x0a"
_TAG: Final = b"\x0a"
_FLOAT: Final = b"\x15"
_HEADER: Final = 12
"""Bytes before the data of a record."""
_FOOTER: Final = 4


@dataclass(frozen=True)
class ScalarCurve:
    """The values of one tag, by ascending step."""

    tag: str
    steps: NDArray[np.int64]
    values: NDArray[np.float32]
    times: NDArray[np.float64]
    """Unix seconds."""


def write_events(path: Path, curves: Sequence[ScalarCurve]) -> None:
    """Writes a new event file; TensorBoard takes files for its own whose names hold ``tfevents``. Raises OSError."""
    began = min((float(curve.times[0]) for curve in curves if len(curve.times)), default=time.time())
    version = b"brain.Event:2"
    head = _TIME + np.float64(began).tobytes() + _VERSION + _varint(len(version)) + version
    with open(path, "xb") as file:
        file.write(_records(np.frombuffer(head, np.uint8)[None, :]))
        for curve in curves:
            for rows in _events(curve):
                file.write(_records(rows))


def read_events(path: Path) -> list[ScalarCurve]:
    """The curves of a file that `write_events` wrote, tags in order. Raises `DamagedFile` or OSError."""
    content = np.frombuffer(path.read_bytes(), np.uint8)
    found: dict[str, list[tuple[NDArray[np.int64], NDArray[np.float32], NDArray[np.float64]]]] = {}
    for rows in _rows_by_length(content, path):
        left = rows
        while len(left):
            shape = _Shape.of(bytes(left[0]))
            if shape is None:
                left = left[1:]
                continue
            alike = shape.fits(left)
            found.setdefault(shape.tag, []).append(shape.take(left[alike]))
            left = left[~alike]
    curves = []
    for tag, parts in found.items():
        steps, values, times = (np.concatenate(column) for column in zip(*parts, strict=True))
        order = np.argsort(steps, kind="stable")
        curves.append(ScalarCurve(tag, steps[order], values[order], times[order]))
    return curves


# --- events ------------------------------------------------------------------------------------------------------


def _events(curve: ScalarCurve) -> Iterator[Bytes]:
    """The encoded events of a curve, a row each; steps that need equally many bytes come together, in order."""
    tag = curve.tag.encode()
    steps = curve.steps.astype(np.int64).view(np.uint64)
    sizes = np.ones(len(steps), np.int64)
    for size in range(1, 10):
        sizes += steps >= np.uint64(1) << np.uint64(7 * size)
    for size in np.unique(sizes):
        here = sizes == size
        value = _TAG + _varint(len(tag)) + tag + _FLOAT + b"\0\0\0\0"
        summary = _VALUE + _varint(len(value)) + value
        template = _TIME + b"\0" * 8 + _STEP + b"\0" * int(size) + _SUMMARY + _varint(len(summary)) + summary
        rows: Bytes = np.tile(np.frombuffer(template, np.uint8), (int(here.sum()), 1))
        rows[:, 1:9] = curve.times[here].astype("<f8").view(np.uint8).reshape(-1, 8)
        left = steps[here]
        for place in range(int(size)):
            more = 0x80 if place < size - 1 else 0
            rows[:, 10 + place] = (left & np.uint64(0x7F)).astype(np.uint8) | more
            left = left >> np.uint64(7)
        rows[:, -4:] = curve.values[here].astype("<f4").view(np.uint8).reshape(-1, 4)
        yield rows


@dataclass(frozen=True)
class _Shape:
    """Where the changing bytes are in the events of one tag."""

    tag: str
    step_size: int
    event: bytes

    @classmethod
    def of(cls, event: bytes) -> _Shape | None:
        """The shape of an event with one value; None for any other."""
        if len(event) < 20 or event[:1] != _TIME or event[9:10] != _STEP:
            return None
        end = 10
        while end < len(event) and event[end] & 0x80:
            end += 1
        end += 1
        at = end
        for field in (_SUMMARY, _VALUE, _TAG):
            if event[at : at + 1] != field:
                return None
            length, at = _read_varint(event, at + 1)
        if event[at + length : at + length + 1] != _FLOAT or at + length + 5 != len(event):
            return None
        return cls(event[at : at + length].decode(errors="replace"), end - 10, event)

    def fits(self, rows: Bytes) -> NDArray[np.bool_]:
        """Which events differ from this one in nothing but time, step and value."""
        own = np.frombuffer(self.event, np.uint8)
        step_end = 10 + self.step_size
        same: NDArray[np.bool_] = (rows[:, step_end:-4] == own[step_end:-4]).all(1) & (rows[:, 9] == own[9])
        same &= ((rows[:, 10:step_end] & 0x80) == (own[10:step_end] & 0x80)).all(1)
        return same

    def take(self, rows: Bytes) -> tuple[NDArray[np.int64], NDArray[np.float32], NDArray[np.float64]]:
        """Steps, values and times of events of this shape."""
        steps = np.zeros(len(rows), np.uint64)
        for place in range(self.step_size):
            steps |= (rows[:, 10 + place] & 0x7F).astype(np.uint64) << np.uint64(7 * place)
        times = np.ascontiguousarray(rows[:, 1:9]).view("<f8")[:, 0]
        values = np.ascontiguousarray(rows[:, -4:]).view("<f4")[:, 0]
        return steps.view(np.int64), values.astype(np.float32), times.astype(np.float64)


def _varint(number: int) -> bytes:
    encoded = bytearray()
    while number > 0x7F:
        encoded.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*encoded, number])


def _read_varint(data: bytes, at: int) -> tuple[int, int]:
    """The number at ``at`` and where it ends."""
    number = shift = 0
    while at < len(data):
        byte = data[at]
        at += 1
        number |= (byte & 0x7F) << shift
        shift += 7
        if not byte & 0x80:
            break
    return number, at


# --- records -----------------------------------------------------------------------------------------------------


def _records(data: Bytes) -> bytes:
    """TFRecords with the rows of ``data`` as their contents."""
    count, size = data.shape
    length = np.frombuffer(size.to_bytes(8, "little"), np.uint8)[None, :]
    records: Bytes = np.empty((count, _HEADER + size + _FOOTER), np.uint8)
    records[:, :8] = length
    records[:, 8:12] = _checksums(length).view(np.uint8).reshape(1, 4)
    records[:, _HEADER:-_FOOTER] = data
    records[:, -_FOOTER:] = _checksums(data).view(np.uint8).reshape(count, 4)
    return records.tobytes()


def _rows_by_length(content: Bytes, path: Path) -> Iterator[Bytes]:
    """The contents of all records, those of equal length together. Raises `DamagedFile`."""
    starts: dict[int, list[int]] = {}
    at = 0
    raw = content.tobytes()
    while at < len(raw):
        size = int.from_bytes(raw[at : at + 8], "little")
        end = at + _HEADER + size + _FOOTER
        if end > len(raw):
            raise DamagedFile(str(path))
        starts.setdefault(size, []).append(at + _HEADER)
        at = end
    for size, places in starts.items():
        where = np.asarray(places)[:, None]
        rows = content[where + np.arange(size)]
        stored = np.ascontiguousarray(content[where + size + np.arange(_FOOTER)]).view("<u4")[:, 0]
        if not np.array_equal(_checksums(rows), stored):
            raise DamagedFile(str(path))
        yield rows


@lru_cache(maxsize=1)
def _crc_table() -> NDArray[np.uint32]:
    """CRC-32C (Castagnoli, reflected) of every byte."""
    table = np.arange(256, dtype=np.uint32)
    for _ in range(8):
        table = np.where(table & 1, (table >> 1) ^ np.uint32(0x82F63B78), table >> 1).astype(np.uint32)
    return table


def _checksums(rows: Bytes) -> NDArray[np.uint32]:
    """The masked checksum of each row, as TFRecord wants it."""
    table = _crc_table()
    crc = np.full(len(rows), 0xFFFFFFFF, np.uint32)
    for column in np.ascontiguousarray(rows.T):
        crc = table[(crc ^ column) & 0xFF] ^ (crc >> np.uint32(8))
    crc = ~crc
    masked: NDArray[np.uint32] = ((crc >> np.uint32(15)) | (crc << np.uint32(17))) + np.uint32(0xA282EAD8)
    return masked.astype("<u4")
