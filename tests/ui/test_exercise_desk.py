"""What the lab shows of an exercise, and when, by plain values."""

from __future__ import annotations

from pathlib import Path

import pytest

from tflab.client.grading import CheckOutcome, CheckProgress
from tflab.curriculum.document import Document
from tflab.curriculum.lesson import read_lesson
from tflab.protocol.events import CheckFinished, Evidence
from tflab.protocol.grading import CheckOrder
from tflab.ui.exercise_desk import ExerciseDesk

LESSON = """---
title: Halves
number: 1
minutes: 5
panel: tensors
---

# Halves

Read.

```{code-cell}
two = 2
```

## Divide

Make `half` a half.

```{code-cell}
:tags: [exercise]
:name: half
half = two
```

```{code-cell}
:tags: [check]
check.equal(half, 1, "half of two")
```

```{code-cell}
:tags: [solution]
half = two / 2
```

+++ {"tags": ["hint"]}

Divide.

+++ {"tags": ["hint"]}

By two.

+++ {"tags": ["why"]}

Because two halves are one.

+++
"""


class HeldGrader:
    """Keeps the order; the test ends the check."""

    def __init__(self) -> None:
        self.orders: list[CheckOrder] = []
        self.progress = CheckProgress("replaying", total=1, step=1)
        self.outcome: CheckOutcome | None = None
        self.stopped = ""
        self.is_over = False
        self.cancelled = False

    def start(self, order: CheckOrder, /) -> HeldGrader:
        self.orders.append(order)
        return self

    def cancel(self) -> None:
        self.cancelled = True

    def end(self, passed: bool, *evidence: Evidence) -> None:
        finished = CheckFinished(cell=1, exercise="half", passed=passed, evidence=evidence)
        self.outcome, self.is_over = CheckOutcome(finished, None, 1.25), True


@pytest.fixture
def document(tmp_path: Path) -> Document:
    path = tmp_path / "01_halves.md"
    path.write_text(LESSON)
    return read_lesson(path)


def sources(document: Document) -> list[str]:
    return [step.source for step in document.steps]


def test_hints_come_one_at_a_time_and_the_solution_only_when_asked_for(document: Document) -> None:
    desk = ExerciseDesk(document)
    assert "F9" in desk.prose(1)
    assert "Divide." not in desk.prose(1)
    assert desk.hint(1)
    assert "Divide." in desk.prose(1)
    assert "By two." not in desk.prose(1)
    assert desk.hint(1)
    assert not desk.hint(1), "there are only two"
    assert "two / 2" not in desk.prose(1)
    assert desk.show_solution(1)
    assert "half = two / 2" in desk.prose(1)
    desk.reset(1)
    assert desk.prose(1) == ExerciseDesk(document).prose(1)


def test_a_step_that_is_no_exercise_has_nothing_of_it(document: Document) -> None:
    desk = ExerciseDesk(document, HeldGrader())
    assert desk.exercise(0) is None
    assert not desk.hint(0)
    assert not desk.show_solution(0)
    assert not desk.check(0, sources(document).__getitem__)
    assert desk.prose(0) == document.steps[0].prose


def test_a_check_shows_its_progress_then_its_evidence_and_why_only_after_a_pass(document: Document) -> None:
    # GIVEN a learner's answer
    grader, told = HeldGrader(), list[str]()
    desk = ExerciseDesk(document, grader, on_pass=lambda _, name: told.append(name))
    mine = [*sources(document)]
    mine[1] = "half = two - 1"

    # WHEN it is checked THEN the earlier step is replayed and the progress is shown
    assert desk.check(1, mine.__getitem__)
    assert (grader.orders[0].exercise, grader.orders[0].answer.source) == ("half", "half = two - 1")
    assert [cell.source for cell in grader.orders[0].replay] == ["two = 2"]
    assert grader.progress.sentence in desk.prose(1)
    assert not desk.check(1, mine.__getitem__), "one at a time"

    # WHEN it fails THEN every claim is there, what was observed only where it did not hold
    grader.end(
        False,
        Evidence(claim="half of two", held=False, observed="saw *2*"),
        Evidence(claim="`b_c` is 1", held=True, observed="x"),
    )
    desk.follow()
    assert "✗ half of two: saw \\*2\\*" in desk.prose(1)
    assert "✓ `b_c` is 1\n" in desk.prose(1) + "\n"
    assert "two halves" not in desk.prose(1)
    assert told == []

    # WHEN it passes THEN the reason is shown and the pass is told
    grader.is_over = False
    assert desk.check(1, mine.__getitem__)
    grader.end(True, Evidence(claim="half of two", held=True, observed="1"))
    desk.follow()
    assert "Because two halves are one." in desk.prose(1)
    assert desk.is_passed(1)
    assert told == ["half"]


def test_a_stopped_check_says_why_and_can_be_asked_for_again(document: Document) -> None:
    grader = HeldGrader()
    desk = ExerciseDesk(document, grader)
    desk.check(1, sources(document).__getitem__)
    desk.cancel()
    assert grader.cancelled
    grader.stopped, grader.is_over = "The check was stopped.", True
    desk.follow()
    assert "The check was stopped." in desk.prose(1)
    assert not desk.checking


def test_code_that_changed_while_it_was_checked_is_checked_anew(document: Document) -> None:
    # GIVEN a check on its way
    grader = HeldGrader()
    desk = ExerciseDesk(document, grader)
    mine = [*sources(document)]
    desk.check(1, mine.__getitem__)

    # WHEN the code changes and is checked THEN the verdict will be of the code as it is now
    mine[1] = "half = two / 2"
    assert desk.check(1, mine.__getitem__)
    assert grader.cancelled
    assert [order.answer.source for order in grader.orders] == [sources(document)[1], "half = two / 2"]

    # WHEN it was over already, and passed, THEN the pass is not lost
    grader.end(True, Evidence(claim="half of two", held=True, observed="1"))
    mine[1] = "half = 1"
    assert desk.check(1, mine.__getitem__)
    assert desk.is_passed(1)


def test_who_knows_the_lesson_goes_from_exercise_to_exercise(document: Document) -> None:
    assert ExerciseDesk(document).next_open(0) == 1
    assert ExerciseDesk(document).next_open(1) == 1
    assert ExerciseDesk(document, passed=["half"]).next_open(0) is None


def test_what_passed_in_an_earlier_launch_is_known(document: Document) -> None:
    desk = ExerciseDesk(document, passed=["half", "gone"])
    assert desk.is_passed(1)
    assert "Because two halves are one." in desk.prose(1)
