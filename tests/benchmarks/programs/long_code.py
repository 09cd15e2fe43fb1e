"""A lab with much code in it: ``python -m tests.benchmarks.programs.long_code LINES``."""

from __future__ import annotations

import sys

from tests.ui.doubles import MemoryDrafts, MemorySession, lesson


def main() -> None:
    """Shows the lab until it is ended."""
    from tflab.ui.app import run_lab

    session = MemorySession()
    session.make_ready()
    document = lesson("\n".join(f"value_{number} = {number} + len('a{number}')" for number in range(int(sys.argv[1]))))
    sys.exit(run_lab(document, session, MemoryDrafts()))


if __name__ == "__main__":
    main()
