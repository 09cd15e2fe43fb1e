"""What code in a session, and in lessons opened elsewhere, imports: ``from tflab import lab``."""

from __future__ import annotations

from pathlib import Path

from tflab.lesson_files import data_file


def data(name: str) -> Path:
    """The path of a data file that ships with the lessons: ``np.load(lab.data("digits.npz"))``.

    Works wherever tflab is installed, in Jupyter too. Raises FileNotFoundError, naming the files that there are.
    """
    return data_file(name)
