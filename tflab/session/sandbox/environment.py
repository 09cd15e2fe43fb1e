"""The session's own folder and the environment that points at it."""

from __future__ import annotations

import os
import pwd
import site
import tempfile
from collections.abc import Sequence
from typing import Final

from tflab.protocol.environment import is_allowed

HOME: Final = "home"
TEMPORARY: Final = "tmp"
_PLACES: Final = {
    "HOME": HOME,
    "TMPDIR": TEMPORARY,
    "TMP": TEMPORARY,
    "TEMP": TEMPORARY,
    "MPLCONFIGDIR": f"{HOME}/.config/matplotlib",
    "KERAS_HOME": f"{HOME}/.keras",
    "IPYTHONDIR": f"{HOME}/.ipython",
    "JUPYTER_CONFIG_DIR": f"{HOME}/.jupyter",
    "XDG_CACHE_HOME": f"{HOME}/.cache",
    "XDG_CONFIG_HOME": f"{HOME}/.config",
    "XDG_DATA_HOME": f"{HOME}/.local/share",
    "XDG_STATE_HOME": f"{HOME}/.local/state",
    "XDG_RUNTIME_DIR": TEMPORARY,
}
"""What points where, below the scratch folder."""
_FOREIGN: Final = ("XDG_DATA_DIRS", "XDG_CONFIG_DIRS", "XDG_SESSION_ID", "XDG_SESSION_TYPE", "XDG_SEAT", "XDG_VTNR")


def home_folders() -> tuple[str, ...]:
    """The user's real home folders, as the environment and the user database have them; never ``/``."""
    named = [os.environ.get("HOME", "")]
    try:
        named.append(pwd.getpwuid(os.getuid()).pw_dir)
    except KeyError:
        # A user without an entry, as containers have.
        pass
    real = [os.path.realpath(path) for path in named if os.path.isabs(path)]
    return tuple(path for path in dict.fromkeys(real) if path != "/" and os.path.isdir(path))


def use_scratch(scratch: str, variables: Sequence[tuple[str, str]], *, scrub: bool) -> None:
    """Makes the folders of ``scratch`` and points this process at them; ``scrub`` drops variables not known.

    ``variables`` are set before, so that none of them points elsewhere. Raises OSError where the folders cannot be
    made.
    """
    user_base = site.getuserbase()
    for place in dict.fromkeys((HOME, TEMPORARY, *_PLACES.values())):
        os.makedirs(os.path.join(scratch, place), mode=0o700, exist_ok=True)
    if scrub:
        for name in list(os.environ):
            if not is_allowed(name) or name in _FOREIGN:
                del os.environ[name]
    os.environ.update(variables)
    for name, place in _PLACES.items():
        os.environ[name] = os.path.join(scratch, place)
    # A Python that the session starts must still find packages that were installed with pip --user.
    if site.ENABLE_USER_SITE and os.path.isdir(site.getusersitepackages()):
        os.environ["PYTHONUSERBASE"] = user_base
    tempfile.tempdir = None


def start_in(folder: str, scratch: str) -> None:
    """Makes ``folder`` the working directory, or ``scratch`` where that is empty or cannot be. Raises OSError."""
    try:
        os.chdir(folder or scratch)
    except OSError:
        os.chdir(scratch)
