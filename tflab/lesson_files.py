"""Where the lessons and their data are, for the lab and for the sessions alike.

Installed from a wheel they lie inside the package (``tflab/_lessons``); in a checkout or an editable install in
``lessons`` beside it.
"""

from __future__ import annotations

from pathlib import Path


def lessons_folder() -> Path:
    """The folder that holds ``en``, ``id`` and ``data``; it may be missing in a broken installation."""
    package = Path(__file__).resolve().parent
    installed = package / "_lessons"
    return installed if installed.is_dir() else package.parent / "lessons"


def data_file(name: str) -> Path:
    """The path of a data file that ships with the lessons: ``data_file("digits.npz")``.

    Raises FileNotFoundError, naming the files that there are, where there is none of that name.
    """
    folder = lessons_folder() / "data"
    path = folder / name
    if Path(name).name != name or not path.is_file():
        known = ", ".join(sorted(found.name for found in folder.glob("*.npz"))) or "none"
        raise FileNotFoundError(f"no data file {name!r} ships with the lessons (there are: {known})")
    return path
