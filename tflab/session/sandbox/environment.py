"""The session's own folder and the environment that points at it."""

from __future__ import annotations

import os
import pwd
import site
import sys
import tempfile
from collections.abc import Sequence
from functools import cache
from typing import Final

from tflab.protocol.environment import is_allowed
from tflab.protocol.server import Permissions
from tflab.session.sandbox.namespaces import is_below

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
_MADE: Final = (HOME, TEMPORARY, f"{HOME}/.keras")
"""Those that programs expect to be there; they make the others when they need them."""
_FOREIGN: Final = ("XDG_DATA_DIRS", "XDG_CONFIG_DIRS", "XDG_SESSION_ID", "XDG_SESSION_TYPE", "XDG_SEAT", "XDG_VTNR")


@cache
def home_folders() -> tuple[str, ...]:
    """The user's real home folders, as the environment and the user database have them; never ``/``.

    The first call decides: afterwards the environment names the scratch folder.
    """
    named = [os.environ.get("HOME", "")]
    try:
        named.append(pwd.getpwuid(os.getuid()).pw_dir)
    except KeyError:
        # A user without an entry, as containers have.
        pass
    real = [os.path.realpath(path) for path in named if os.path.isabs(path)]
    return tuple(path for path in dict.fromkeys(real) if path != "/" and os.path.isdir(path))


@cache
def state_folders() -> tuple[str, ...]:
    """Where tflab may keep what it knows of this user; see `tflab.user_folders`. The first call decides here, too."""
    named = [os.environ.get("XDG_STATE_HOME", ""), *(os.path.join(home, ".local/state") for home in home_folders())]
    return tuple(os.path.realpath(os.path.join(path, "tflab")) for path in named if os.path.isabs(path))


def use_scratch(permissions: Permissions, homes: Sequence[str]) -> None:
    """Makes the folders of the scratch folder and points this process at them; drops variables that are not known.

    ``homes`` are `home_folders`. Where the user's own Keras folder may be written, that one is used: downloads are
    then kept. Without a sandbox no variable is dropped. Raises OSError where the folders cannot be made.
    """
    scratch = permissions.scratch
    user_base = site.getuserbase()
    keras_home = _granted_keras_home(permissions, homes)
    for place in _MADE:
        try:
            os.mkdir(os.path.join(scratch, place), 0o700)
        except FileExistsError:
            if not os.path.isdir(os.path.join(scratch, place)):
                raise
    if permissions.sandbox:
        for name in list(os.environ):
            if not is_allowed(name) or name in _FOREIGN:
                del os.environ[name]
    # First these, so that none of the others points elsewhere. One by one: update() asks every class that TensorFlow
    # brought whether a tuple is a mapping, for milliseconds.
    for name, value in permissions.variables:
        os.environ[name] = value
    for name, place in _PLACES.items():
        os.environ[name] = os.path.join(scratch, place)
    if keras_home:
        os.environ["KERAS_HOME"] = keras_home
    _tell_keras(os.environ["KERAS_HOME"])
    # A Python that the session starts must still find packages that were installed with pip --user.
    if site.ENABLE_USER_SITE and os.path.isdir(site.getusersitepackages()):
        os.environ["PYTHONUSERBASE"] = user_base
    tempfile.tempdir = None


def _granted_keras_home(permissions: Permissions, homes: Sequence[str]) -> str:
    """The user's own Keras folder where a session may write there; else empty."""
    own = [os.environ.get("KERAS_HOME", ""), *(os.path.join(home, ".keras") for home in homes)]
    writable = [os.path.realpath(path) for path in permissions.write]
    for folder in own:
        real = os.path.realpath(folder)
        if os.path.isabs(folder) and os.path.isdir(real) and any(is_below(real, path) for path in writable):
            return real
    return ""


def _tell_keras(folder: str) -> None:
    """Keras read its variable when the server imported it."""
    config = sys.modules.get("keras.src.backend.config")
    if hasattr(config, "_KERAS_DIR"):
        vars(config)["_KERAS_DIR"] = folder


def start_in(folder: str, scratch: str) -> None:
    """Makes ``folder`` the working directory, or ``scratch`` where that is empty or cannot be. Raises OSError."""
    try:
        os.chdir(folder or scratch)
    except OSError:
        os.chdir(scratch)
