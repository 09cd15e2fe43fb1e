"""Long runs of what the tests do briefly: ``python -m tests.faults kills [ROUNDS]``, ``... frames [SECONDS]``.

``kills`` opens the lab in a terminal, types, and sends SIGKILL to the lab, its server or its session at random moments
(200 rounds by default); ``frames`` feeds the decoder, the state and the panels with hostile frames (600 seconds).
Either ends with a summary, or with status 1 and what went wrong.
"""

from __future__ import annotations

import random
import sys
import tempfile
from pathlib import Path


def main() -> int:
    """The exit status."""
    match sys.argv[1:]:
        case ["kills", *rounds] if len(rounds) < 2:
            from tests.faults.kills import Fallen, LabOfOne

            with tempfile.TemporaryDirectory(prefix="tflab-kills-") as folder:
                lab = LabOfOne(Path(folder), random.Random())
                try:
                    for number in range(int(rounds[0]) if rounds else 200):
                        print(f"{number + 1}: {lab.round()}", flush=True)
                except Fallen as error:
                    print(error, file=sys.stderr)
                    return 1
                finally:
                    lab.close()
                print(lab.summary())
            return 0
        case ["frames", *seconds] if len(seconds) < 2:
            from tests.faults.frames import fuzz

            print(fuzz(float(seconds[0]) if seconds else 600.0, random.Random()))
            return 0
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
