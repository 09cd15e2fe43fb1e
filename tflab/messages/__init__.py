"""Every sentence that a person sees, one catalogue a language.

``text("status.idle")`` gives the sentence of that key in the language in use, with ``str.format`` fields filled:
``text("run.no_file", path=path)``. A key that a language lacks falls back to English; a test holds the catalogues
equal. A key's part before the first dot says who speaks (``cli``, ``ui``, ``session``, ``panel``, ...).
"""

from __future__ import annotations

import locale
import os
from collections.abc import Mapping
from typing import Final

from tflab.messages import en

LANGUAGES: Final = ("en", "id")
_catalogue: Mapping[str, str] = en.MESSAGES
_language = "en"


def language() -> str:
    """The language in use: ``en`` or ``id``."""
    return _language


def use_language(code: str) -> None:
    """Speaks ``code`` from now on in this process. Raises ValueError for a language without a catalogue."""
    global _catalogue, _language
    if code not in LANGUAGES:
        raise ValueError(f"no catalogue for {code!r}")
    if code == "id":
        from tflab.messages import id as indonesian

        _catalogue = indonesian.MESSAGES
    else:
        _catalogue = en.MESSAGES
    _language = code


def preferred_language() -> str:
    """What ``TFLAB_LANG``, else the locale, asks for; ``en`` where that is neither."""
    wanted = os.environ.get("TFLAB_LANG", "")
    if wanted in LANGUAGES:
        return wanted
    for variable in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(variable, "")
        if value:
            return "id" if (locale.normalize(value) or value).lower().startswith(("id_", "id.", "in_")) else "en"
    return "en"


def text(key: str, /, **values: object) -> str:
    """The sentence ``key`` in the language in use. Raises KeyError for a key that English lacks, too."""
    sentence = _catalogue.get(key)
    if sentence is None:
        sentence = en.MESSAGES[key]
    return sentence.format(**values) if values else sentence


def has_text(key: str) -> bool:
    """Whether there is a sentence of this key."""
    return key in en.MESSAGES
