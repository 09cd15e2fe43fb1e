"""Grading in a throwaway session: claims, evidence, and what is done against a forged verdict.

An exercise is judged in a session of its own, forked from the clean server and killed after its answer: the lesson's
cells that it builds on are replayed, then the learner's cell runs, then the check cell (`grader.Grader`). Against a
verdict that the learner's code makes up stand

- the token of the `CheckExerciseRequest`, which the lab sends only after the learner's cell has ended, and without
  which no `CheckFinished` counts: neither printed frames nor bytes written to the channel know it;
- `surroundings`: built-in functions, NumPy, TensorFlow's and the lab's own are put back as they were before any of
  the learner's code ran; trace functions, timers and signal handlers go. `guarded` does so again whenever the check
  has called the learner's code, and before each claim;
- `looks`: a claim first makes a plain copy of a value and then judges the copy; no object of the learner's is asked
  whether it is equal;
- names of its own for the check cell, with the real modules and built-in functions and a fresh ``check``;
- `left_threads`: where the learner's code goes on in a thread, before or after the check, nothing has passed;
- hidden inputs: a check calls the learner's functions on values that were never shown, and compares values itself.
  What is printed is never looked at;
- a cell that ends the process, exits or fails has no verdict but the lab's own.

What this cannot rule out: learner and check share one process. Code that takes the interpreter apart can still say
what it likes: it may walk the stack into the session's frames, feign the end of its own cell and wait for the token,
search memory, write through ``ctypes``, read the constants of the check cell that calls it, or write in the probes'
journal what never happened. Whoever can do that has no need of the exercise. The sandbox around the session does not
depend on any of this.
"""

from __future__ import annotations

from functools import cache

from tflab.protocol.events import Evidence
from tflab.session.grading.claims import Check

__all__ = ["Check", "printing_check"]


@cache
def printing_check() -> Check:
    """``check`` for code outside a check: a claim prints whether it held."""
    from tflab.messages import text
    from tflab.session.grading.observations import RunObservations

    def show(evidence: Evidence) -> None:
        if evidence.held:
            print(text("check.printed.held", claim=evidence.claim))
        else:
            print(text("check.printed.failed", claim=evidence.claim, observed=evidence.observed))

    return Check(RunObservations(), show)
