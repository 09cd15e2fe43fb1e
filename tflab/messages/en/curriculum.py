"""English: files, lessons, exercises (keys ``curriculum.*``)."""

from typing import Final

MESSAGES: Final[dict[str, str]] = {}
