"""Indonesian: the commands (keys ``cli.*``)."""

from typing import Final

MESSAGES: Final[dict[str, str]] = {}
