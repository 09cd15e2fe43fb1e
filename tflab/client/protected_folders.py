"""Folders that no command grants whole unless a flag names them: home, /tmp, the environment, tflab itself."""

from __future__ import annotations

import os
import pwd
import sys
import sysconfig
from dataclasses import dataclass
from typing import Final, Literal

import tflab
from tflab.messages import text
from tflab.user_folders import state_folder

Relation = Literal["is", "contains", "inside"]

_TEMPORARY: Final = ("/tmp", "/var/tmp", "/dev/shm")
_INSTALLED: Final = ("purelib", "platlib", "stdlib", "platstdlib", "scripts")


def is_below(path: str, folder: str) -> bool:
    """Whether ``path`` is ``folder`` or lies in it; both real paths."""
    return path == folder or path.startswith(folder.rstrip("/") + "/")


@dataclass(frozen=True)
class Protection:
    """Why a folder is not granted whole."""

    what: str
    """``home``, ``temporary``, ``environment``, ``code`` or ``state``."""
    relation: Relation
    """How the folder stands to it."""

    def reason(self) -> str:
        """For people, to follow the folder's name: ``contains your home folder``."""
        return text(f"sandbox.protected.{self.relation}", what=text(f"sandbox.protected.{self.what}"))


@dataclass(frozen=True)
class ProtectedFolders:
    """Real paths, by what they are."""

    home: tuple[str, ...] = ()
    temporary: tuple[str, ...] = ()
    environment: tuple[str, ...] = ()
    code: tuple[str, ...] = ()
    state: tuple[str, ...] = ()
    closed: tuple[str, ...] = ()
    """Parts of the environment in which nothing may be written either, not even in a folder far below."""

    @classmethod
    def of_this_process(cls) -> ProtectedFolders:
        """Those of this user and this Python."""
        homes = [os.environ.get("HOME", "")]
        try:
            homes.append(pwd.getpwuid(os.getuid()).pw_dir)
        except KeyError:
            # A user without an entry, as containers have.
            pass
        installed = [sysconfig.get_path(name) for name in _INSTALLED]
        return cls(
            # Where home is "/", nothing is left to tell apart.
            home=tuple(path for path in _real(homes) if path != "/"),
            temporary=_real(_TEMPORARY),
            environment=_real((sys.prefix, sys.base_prefix)),
            code=_real((os.path.dirname(tflab.__file__),)),
            state=_real((str(state_folder()),)),
            closed=_real([path for path in installed if path]),
        )

    def protects(self, folder: str) -> Protection | None:
        """Why ``folder`` is not granted whole; None where it may be."""
        path = os.path.realpath(folder)
        for what in ("home", "temporary", "environment", "code", "state"):
            for protected in getattr(self, what):
                if path == protected:
                    return Protection(what, "is")
                if is_below(protected, path):
                    return Protection(what, "contains")
        return None

    def protects_from_writing(self, folder: str) -> Protection | None:
        """Why nothing is to be written in ``folder``; None where it may be."""
        path = os.path.realpath(folder)
        for what, places in (("code", self.code), ("state", self.state), ("environment", self.closed)):
            if any(is_below(path, place) for place in places):
                return self.protects(folder) or Protection(what, "inside")
        return self.protects(folder)


def _real(paths: list[str] | tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(os.path.realpath(path) for path in paths if os.path.isabs(path)))
