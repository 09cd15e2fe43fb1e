"""Answers to what the editor asks about names; the questions are in `tflab.protocol.requests`."""

from __future__ import annotations

from tflab.protocol.events import Event


class NameDescribed(Event, frozen=True, kw_only=True):
    """The answer to a `DescribeRequest`."""

    request_id: int
    name: str = ""
    """The chain of names as written (``tf.keras.layers.Dense``); empty where nothing is known of what is there."""
    detail: str = ""
    """As `Completion.detail`."""
    parameters: tuple[str, ...] | None = None
    """Of a callable, as they would be written (``units``, ``activation=None``); None where they are not known."""
    active: int | None = None
    """The parameter that the cursor is at, in a call."""
    documentation: str = ""
