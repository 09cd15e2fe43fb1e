"""English: reasons and fixes that a session writes into events (keys ``probe.*``)."""

from typing import Final

MESSAGES: Final[dict[str, str]] = {}
