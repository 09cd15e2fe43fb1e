"""What a lesson's file says of its exercises, and the orders made of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.curriculum.documents import LESSON
from tflab.curriculum.exercises import exercises_of, group_exercises, order_check
from tflab.curriculum.lesson import read_lesson, read_lesson_cells
from tflab.protocol.grading import CellToRun

TWO = """---
title: Two
number: 2
minutes: 5
panel: tensors
previous: []
---

# First

```{code-cell}
factor = 3
```

## Triple

```{code-cell}
:tags: [exercise]
:name: triple
def triple(x):
    return x
```

```{code-cell}
:tags: [check]
check.equal(triple(2), 6, "three times two")
```

```{code-cell}
:tags: [solution]
def triple(x):
    return factor * x
```

```{code-cell}
:tags: [solution]

def triple(x):
    return x + x + x
```

```{code-cell}
:tags: [wrong]
:expect: "saw 4: that is twice"

def triple(x):
    return 2 * x
```

+++ {"tags": ["hint"]}

One.

+++ {"tags": ["hint"]}

Two.

+++ {"tags": ["hint"]}

Three.

+++ {"tags": ["why"]}

Because
of that.

+++

## Nine times

```{code-cell}
shown = [triple(1), triple(2)]
```

```{code-cell}
:tags: [exercise]
:name: nine
def nine(x):
    return triple(x)
```

```{code-cell}
:tags: [check]
check.equal(nine(2), 18, "nine times two")
```

```{code-cell}
:tags: [solution]
def nine(x):
    return triple(triple(x))
```
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    target = tmp_path / "02_two.md"
    target.write_text(TWO)
    return target


def test_an_exercise_has_all_that_belongs_to_it(path: Path) -> None:
    triple, nine = exercises_of(path)
    assert (triple.name, triple.step_index) == ("triple", 1)
    assert triple.starter == "def triple(x):\n    return x"
    assert triple.check == 'check.equal(triple(2), 6, "three times two")'
    assert triple.solutions == (
        "def triple(x):\n    return factor * x",
        "def triple(x):\n    return x + x + x",
    )
    (wrong,) = triple.wrong
    assert (wrong.source, wrong.expect) == ("def triple(x):\n    return 2 * x", "saw 4: that is twice")
    assert TWO.split("\n")[wrong.line - 1] == "def triple(x):"
    assert triple.hints == ("One.", "Two.", "Three.")
    assert triple.why == "Because\nof that."
    assert (nine.name, nine.step_index, nine.hints, nine.why) == ("nine", 3, (), "")


def test_every_cell_knows_its_line(path: Path) -> None:
    lines = TWO.split("\n")
    _, cells = read_lesson_cells(path)
    assert all(lines[cell.line - 1] == cell.source.split("\n")[0] for cell in cells)


def test_steps_are_named_after_their_exercises_and_show_no_answer(path: Path) -> None:
    document = read_lesson(path)
    assert [step.name for step in document.steps] == ["", "triple", "", "nine"]
    shown = "".join(step.prose + step.source for step in document.steps)
    assert "factor * x" not in shown
    assert "Because" not in shown


def test_hidden_cells_after_an_ordinary_one_belong_to_nothing(tmp_path: Path) -> None:
    path = tmp_path / "01_first.md"
    path.write_text(LESSON.format(number=1).replace(":tags: [exercise]\n:name: double_it\n", ""))
    groups, strays = group_exercises(read_lesson_cells(path)[1])
    assert groups == ()
    assert [sorted(cell.tags) for cell in strays] == [["check"], ["solution"], ["hint"], ["why"]]


def test_an_order_replays_what_is_needed_with_the_first_solution(path: Path) -> None:
    document, exercises = read_lesson(path), exercises_of(path)
    order = order_check(document, exercises, exercises[1], "def nine(x):\n    return triple(triple(x))")
    assert order.exercise == "nine"
    assert order.answer == CellToRun(3, "def nine(x):\n    return triple(triple(x))")
    assert order.check == exercises[1].check
    # The third step only shows something.
    assert order.replay == (CellToRun(0, "factor = 3"), CellToRun(1, exercises[0].solutions[0]))


def test_an_order_replays_the_learners_own_text_where_it_has_passed(path: Path) -> None:
    document, exercises = read_lesson(path), exercises_of(path)
    mine = "def triple(x):\n    return sum([x, x, x])"
    order = order_check(document, exercises, exercises[1], "nine = triple", {"triple": mine})
    # It does not use the factor of the first cell.
    assert order.replay == (CellToRun(1, mine),)


def test_an_order_for_code_that_is_no_python_replays_all_that_it_may_mean(path: Path) -> None:
    document, exercises = read_lesson(path), exercises_of(path)
    order = order_check(document, exercises, exercises[1], "def nine(x:\n    return triple(x) + shown")
    assert [cell.cell for cell in order.replay] == [0, 1, 2]
