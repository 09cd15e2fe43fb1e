"""What a learner has done is remembered, by several labs at once, and through damage."""

from __future__ import annotations

from pathlib import Path

import pytest

from tflab.curriculum.progress import LessonProgress, Place, Progress
from tflab.user_folders import state_folder


def test_the_first_launch_knows_nothing(tmp_path: Path) -> None:
    progress = Progress(tmp_path / "state")
    assert progress.first_launch
    assert progress.last() is None
    assert progress.lesson("01_tensors") == LessonProgress()
    assert not progress.lesson("01_tensors").started


def test_the_next_launch_goes_on_where_the_last_left_off(tmp_path: Path) -> None:
    progress = Progress(tmp_path / "state")
    progress.open_step("14_training_loops", 0, steps=9)
    progress.step_ran("14_training_loops", 0)
    progress.open_step("14_training_loops", 1, steps=9)
    progress.step_ran("14_training_loops", 1)
    progress.open_step("17_tracing", 3, steps=6, exercises=3)
    progress.exercise_passed("17_tracing", "one_trace")
    progress.close()
    later = Progress(tmp_path / "state")
    assert not later.first_launch
    assert later.last() == Place(lesson="17_tracing", step=3)
    loops, tracing = later.lesson("14_training_loops"), later.lesson("17_tracing")
    assert (loops.step, loops.ran, loops.steps) == (1, frozenset({0, 1}), 9)
    assert list(tracing.passed) == ["one_trace"]
    assert loops.started
    assert not loops.done


def test_a_lesson_is_done_when_its_exercises_are_and_without_any_when_its_steps_ran() -> None:
    assert LessonProgress(steps=2, ran=frozenset({0, 1})).done
    assert not LessonProgress(steps=2, ran=frozenset({1})).done
    assert not LessonProgress(steps=2, ran=frozenset({0, 1}), exercises=1).done
    assert LessonProgress(steps=9, exercises=1, passed={"one_trace": 1.0}).done


def test_two_labs_add_to_one_lesson(tmp_path: Path) -> None:
    one, two = Progress(tmp_path / "state"), Progress(tmp_path / "state")
    assert one.lesson("01_tensors") == two.lesson("01_tensors")
    one.step_ran("01_tensors", 0)
    one.exercise_passed("01_tensors", "broadcast")
    one.close()
    two.step_ran("01_tensors", 1)
    two.close()
    record = Progress(tmp_path / "state").lesson("01_tensors")
    assert record.ran == {0, 1}
    assert list(record.passed) == ["broadcast"]


def test_time_in_two_labs_at_once_counts_once(tmp_path: Path) -> None:
    one, two = Progress(tmp_path / "state"), Progress(tmp_path / "state")
    assert one.lesson("01_tensors") == two.lesson("01_tensors")
    one.spent("01_tensors", 0, 60.0)
    one.spent("01_tensors", 0, 30.0)
    one.close()
    two.spent("01_tensors", 0, 70.0)
    two.spent("01_tensors", 3, 5.0)
    two.close()
    assert Progress(tmp_path / "state").lesson("01_tensors").times == {0: 90.0, 3: 5.0}


def test_a_reset_forgets_one_lesson(tmp_path: Path) -> None:
    progress = Progress(tmp_path / "state")
    progress.step_ran("01_tensors", 0)
    progress.step_ran("02_numpy", 0)
    progress.reset("01_tensors")
    progress.close()
    later = Progress(tmp_path / "state")
    assert not later.lesson("01_tensors").started
    assert later.lesson("02_numpy").started


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"ran": "all"}', b'{"ran": [1.5]}', b"\xff", b"null"])
def test_a_damaged_record_is_set_aside(tmp_path: Path, content: bytes) -> None:
    folder = tmp_path / "state"
    folder.mkdir()
    (folder / "01_tensors.json").write_bytes(content)
    (folder / "last.json").write_bytes(content)
    progress = Progress(folder)
    assert progress.lesson("01_tensors") == LessonProgress()
    assert progress.last() is None
    assert {path.name for path in folder.iterdir()} == {"01_tensors.json.damaged", "last.json.damaged"}
    progress.step_ran("01_tensors", 2)
    progress.close()
    assert Progress(folder).lesson("01_tensors").ran == {2}


def test_a_state_that_cannot_be_written_is_said_and_not_fatal(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file in the way")
    progress = Progress(tmp_path / "state")
    assert progress.last() is None
    progress.open_step("01_tensors", 1, steps=3)
    progress.close()
    assert progress.trouble
    assert progress.lesson("01_tensors").step == 1


def test_the_state_folder_follows_the_platform(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert state_folder() == tmp_path / "tflab"
