"""A copy of the running Python that any user can reach, with msgspec, tflab and the attacks, and nothing else.

The interpreter of the tests may lie in somebody's home; an ordinary user made by the tests could not start it. The
copy also is what attacks on "the Python environment" may damage.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path

import tflab

_LIBRARIES = ("libpython", "libffi", "libz", "libcrypto", "libssl", "libstdc++", "libgcc_s", "libexpat")
"""Shared libraries that some Pythons keep beside themselves."""
_UNNEEDED = ("site-packages", "dist-packages", "test", "idlelib", "tkinter", "ensurepip", "turtledemo", "lib2to3")


@dataclass(frozen=True)
class PortablePython:
    """Where it is and how to start it."""

    executable: Path
    environment: dict[str, str]


def copy_python(folder: Path) -> PortablePython:
    """Copies the running Python into ``folder``."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    executable = folder / "bin" / version
    executable.parent.mkdir(parents=True)
    shutil.copy2(os.path.realpath(sys.executable), executable)
    library = folder / sys.platlibdir / version
    unneeded = shutil.ignore_patterns(*_UNNEEDED, "config-*")
    shutil.copytree(sysconfig.get_path("stdlib"), library, ignore=unneeded, symlinks=False)
    platform_library = sysconfig.get_path("platstdlib")
    if not (library / "lib-dynload").exists():
        shutil.copytree(Path(platform_library) / "lib-dynload", library / "lib-dynload")
    for path in (Path(sys.base_prefix) / "lib").glob("*.so*"):
        if path.name.startswith(_LIBRARIES) and path.is_file():
            shutil.copy2(path, folder / "lib")
    packages = library / "site-packages"
    packages.mkdir()
    found = importlib.util.find_spec("msgspec")
    assert found is not None
    assert found.submodule_search_locations
    no_bytecode = shutil.ignore_patterns("__pycache__")
    shutil.copytree(found.submodule_search_locations[0], packages / "msgspec", ignore=no_bytecode)
    shutil.copytree(Path(tflab.__file__).parent, packages / "tflab", ignore=no_bytecode)
    own = packages / "tests" / "session" / "sandbox"
    shutil.copytree(Path(__file__).parent, own, ignore=no_bytecode)
    for package in (own.parent, own.parent.parent):
        (package / "__init__.py").touch()
    environment = {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "PYTHONHOME": str(folder),
        "LD_LIBRARY_PATH": str(folder / "lib"),
    }
    return PortablePython(executable, environment)


def give(folder: Path, user: int) -> None:
    """Makes ``user`` (and the group of the same number) the owner of ``folder`` and all in it."""
    for parent, folders, files in os.walk(folder):
        for name in (".", *folders, *files):
            os.chown(os.path.join(parent, name), user, user, follow_symlinks=False)
