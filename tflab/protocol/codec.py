"""Frames: what travels is a 4-byte little-endian length and that many bytes of MessagePack.

Everything read from a session is hostile: `FrameReader` caps the length, `decode_event` accepts the known types
and nothing else, and both raise `ProtocolError` and only that.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator
from typing import Any, Final

import msgspec

from tflab.protocol.event_catalogue import SessionEvent
from tflab.protocol.events import Event
from tflab.protocol.requests import Request, SessionRequest
from tflab.protocol.server import AnyServerEvent, AnyServerRequest, ServerEvent, ServerRequest

MAXIMUM_FRAME: Final = 16 << 20
"""Bytes. A longer frame from a session is a fault or an attack."""

_LENGTH = struct.Struct("<I")
_encoder = msgspec.msgpack.Encoder()
_event_decoder = msgspec.msgpack.Decoder(SessionEvent)
_request_decoder = msgspec.msgpack.Decoder(SessionRequest)
_server_request_decoder = msgspec.msgpack.Decoder(AnyServerRequest)
_server_event_decoder = msgspec.msgpack.Decoder(AnyServerEvent)


class ProtocolError(Exception):
    """The other side sent what the protocol does not allow."""


def encode(message: Event | Request | ServerEvent | ServerRequest) -> bytes:
    """The bytes of one message, without a length."""
    return _encoder.encode(message)


def frame(message: Event | Request | ServerEvent | ServerRequest) -> bytes:
    """One message as a frame."""
    body = _encoder.encode(message)
    return _LENGTH.pack(len(body)) + body


def _decode(decoder: Any, body: bytes) -> Any:
    try:
        return decoder.decode(body)
    # Deep nesting raises RecursionError, bad text UnicodeDecodeError, the rest msgspec's own.
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, ValueError, OverflowError) as error:
        raise ProtocolError(f"not a message of the protocol: {type(error).__name__}: {error}") from None


def decode_event(body: bytes) -> Event:
    """One event from a session. Raises `ProtocolError`."""
    event: Event = _decode(_event_decoder, body)
    return event


def decode_request(body: bytes) -> Request:
    """One request from the lab. Raises `ProtocolError`."""
    request: Request = _decode(_request_decoder, body)
    return request


def decode_server_request(packet: bytes) -> ServerRequest:
    """One packet from the lab to the fork server. Raises `ProtocolError`."""
    request: ServerRequest = _decode(_server_request_decoder, packet)
    return request


def decode_server_event(packet: bytes) -> ServerEvent:
    """One packet from the fork server. Raises `ProtocolError`."""
    event: ServerEvent = _decode(_server_event_decoder, packet)
    return event


class FrameReader:
    """Cuts a byte stream into frame bodies.

    ``feed`` takes whatever arrived; iterating yields the bodies that are complete. Raises `ProtocolError` for a
    frame longer than ``maximum`` bytes, before any memory is taken for it.
    """

    def __init__(self, maximum: int = MAXIMUM_FRAME) -> None:
        self._buffer = bytearray()
        self._maximum = maximum

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Adds ``data`` and yields every complete body."""
        self._buffer += data
        start = 0
        try:
            while len(self._buffer) - start >= _LENGTH.size:
                (length,) = _LENGTH.unpack_from(self._buffer, start)
                if length > self._maximum:
                    raise ProtocolError(f"a frame of {length} bytes (at most {self._maximum})")
                end = start + _LENGTH.size + length
                if len(self._buffer) < end:
                    break
                body = bytes(self._buffer[start + _LENGTH.size : end])
                start = end
                yield body
        finally:
            del self._buffer[:start]


def _finite(value: Any) -> Any:
    """``value`` with every non-finite float as the contract's string."""
    if isinstance(value, float):
        if math.isfinite(value):
            return value
        return "nan" if math.isnan(value) else "inf" if value > 0 else "-inf"
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(item) for item in value]
    return value


def to_json_line(event: Event, worker: int | str | None = None) -> bytes:
    """One line of JSON Lines, newline included: ``event``, ``cell``, ``time`` first, then the ``worker`` where there
    are several: its number, or the name of its process.

    msgspec's own JSON turns non-finite numbers into null; here they are the strings ``"nan"``, ``"inf"``, ``"-inf"``.
    """
    fields = _finite(msgspec.to_builtins(event))
    first = {key: fields.pop(key) for key in ("event", "cell", "time")}
    if worker is not None:
        fields.pop("worker", None)
        first["worker"] = worker
    return msgspec.json.encode({**first, **fields}) + b"\n"
