"""What a person has chosen about the interface, kept from one lab to the next in one small JSON file."""

from __future__ import annotations

import math
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from tflab.curriculum.kept_files import BackgroundWriter, set_aside, write_atomically
from tflab.user_folders import state_folder


class Preferences(msgspec.Struct, frozen=True, kw_only=True):
    """All choices; what is not known of a choice is its default."""

    theme: str = ""
    """Name of the theme; empty for the one that suits the terminal."""
    vim_keys: bool = False
    """Whether the editor is one with modes."""
    prose_share: float | None = None
    """How wide the prose is, how high code and output are, as fractions; None for as they come."""
    code_share: float | None = None
    output_share: float | None = None
    maximised: str = ""
    """The pane that has all the room; empty for none."""


class PreferenceFile:
    """The preferences of one user. No method raises for the disk."""

    def __init__(self, folder: Path | None = None, writer: BackgroundWriter | None = None) -> None:
        """``folder`` instead of the user's own, for tests; ``writer`` to share one."""
        self._path = (folder if folder is not None else state_folder()) / "preferences.json"
        self._writer = writer or BackgroundWriter()
        self.now = self._load()
        """As they are."""

    def change(self, **choices: Any) -> None:
        """Makes choices, by the names of `Preferences`, and keeps them soon."""
        changed = msgspec.structs.replace(self.now, **choices)
        if changed != self.now:
            self.now = changed
            content = msgspec.json.format(msgspec.json.encode(changed), indent=2) + b"\n"
            self._writer.put(str(self._path), partial(write_atomically, self._path, content))

    def _load(self) -> Preferences:
        try:
            content = self._path.read_bytes()
        except OSError:
            return Preferences()
        try:
            loaded = msgspec.json.decode(content, type=Preferences)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            with suppress(OSError):
                set_aside(self._path, "damaged")
            return Preferences()
        shares = (loaded.prose_share, loaded.code_share, loaded.output_share)
        sound = all(share is None or (math.isfinite(share) and 0 < share < 1) for share in shares)
        if sound:
            return loaded
        return msgspec.structs.replace(loaded, prose_share=None, code_share=None, output_share=None)
