"""Where tflab keeps what outlives a run: progress, drafts."""

from __future__ import annotations

from pathlib import Path


def state_folder() -> Path:
    """The platform's folder for the state of this user (on Linux ``$XDG_STATE_HOME/tflab``); it may not exist yet."""
    import platformdirs

    return platformdirs.user_state_path("tflab", appauthor=False)
