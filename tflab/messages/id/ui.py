"""Indonesian: screens, panels, keys (keys ``ui.*``)."""

from typing import Final

MESSAGES: Final[dict[str, str]] = {}
