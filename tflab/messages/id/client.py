"""Indonesian: sessions and the fork server, as the lab sees them (keys ``client.*``)."""

from typing import Final

MESSAGES: Final[dict[str, str]] = {}
