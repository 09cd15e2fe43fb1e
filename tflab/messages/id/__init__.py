"""Indonesian."""

from typing import Final

from tflab.messages.id import cli, client, curriculum, probe, sandbox, ui

MESSAGES: Final[dict[str, str]] = {
    **cli.MESSAGES,
    **client.MESSAGES,
    **curriculum.MESSAGES,
    **probe.MESSAGES,
    **sandbox.MESSAGES,
    **ui.MESSAGES,
}
