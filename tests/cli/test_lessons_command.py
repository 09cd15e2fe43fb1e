"""``tflab lessons``: exercises of one lesson, what comes next, and the page at the end."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from tests.cli.test_wrong_calls import tflab
from tflab.curriculum.exercises import exercises_of
from tflab.lesson_files import lessons_folder

PATHS = sorted((lessons_folder() / "en").glob("??_*.md"))
TRACING = lessons_folder() / "en" / "17_tracing.md"
NOON = 1_800_000_000.0
"""2027-01-15, some hour of it, wherever one is."""


def pass_all(folder: Path, *paths: Path, seconds: float = 0.0) -> None:
    """Every exercise of these lessons was passed."""
    progress = folder / "state" / "tflab" / "progress"
    progress.mkdir(parents=True, exist_ok=True)
    for path in paths:
        exercises = exercises_of(path)
        record = {
            "ran": [0],
            "steps": 9,
            "exercises": len(exercises),
            "passed": {exercise.name: NOON for exercise in exercises},
            "times": {str(exercises[0].step_index): seconds},
        }
        (progress / f"{path.stem}.json").write_text(json.dumps(record))


def test_a_lesson_shows_its_exercises_with_day_and_time(tmp_path: Path) -> None:
    first, *others = [exercise.name for exercise in exercises_of(TRACING)]
    pass_all(tmp_path, TRACING, seconds=600)
    lines = tflab(tmp_path, "lessons", "17").stdout.splitlines()
    assert lines[0] == "17  Tracing  done in 10 min"
    assert lines[1].split() == ["✓", first, "passed", lines[1].split()[3], "10", "min"]
    assert lines[1].split()[3].startswith("2027-01-1")
    assert [line.split()[1] for line in lines[2:]] == others
    untouched = tflab(tmp_path, "lessons", "16").stdout.splitlines()
    assert all(line.endswith("not yet") for line in untouched[1:])
    assert tflab(tmp_path, "lessons", "99").returncode == 2


def test_the_list_ends_with_the_sum_and_what_comes_next(tmp_path: Path) -> None:
    count = sum(len(exercises_of(path)) for path in PATHS)
    passed = len(exercises_of(TRACING))
    pass_all(tmp_path, TRACING, seconds=4000)
    last = tflab(tmp_path, "lessons").stdout.splitlines()[-1]
    assert last == f"{passed} of {count} exercises, 1 h 7 min. Next: 01 Tensors (tflab 01)"
    pass_all(tmp_path, *PATHS)
    assert "Every lesson is done" in tflab(tmp_path, "lessons").stdout


@pytest.mark.parametrize(
    ("language", "summary", "certificate"),
    [("en", "Summary", "Certificate of completion"), ("id", "Ringkasan", "Sertifikat kelulusan")],
)
def test_the_page_is_a_summary_and_in_the_end_a_certificate(
    tmp_path: Path, language: str, summary: str, certificate: str
) -> None:
    pass_all(tmp_path, TRACING)
    shown = tflab(tmp_path, "lessons", "--summary", "-", "--lang", language).stdout
    assert summary in shown
    assert certificate not in shown
    pass_all(tmp_path, *PATHS)
    assert tflab(tmp_path, "lessons", "--summary", "page.svg", "--lang", language).returncode == 0
    root = ET.parse(tmp_path / "page.svg").getroot()
    words = [element.text or "" for element in root.iter("{http://www.w3.org/2000/svg}text")]
    assert certificate in words
    assert summary not in words
    assert sum(word == "✓" for word in words) == len(PATHS)
    tall = float(root.attrib["height"])
    assert all(float(element.attrib.get("y", 0)) < tall for element in root)
    count = sum(len(exercises_of(path)) for path in PATHS)
    assert any(word.startswith(f"{count} ") and str(count) in word[4:] for word in words)


def test_the_text_page_can_be_a_file(tmp_path: Path) -> None:
    assert tflab(tmp_path, "lessons", "--summary", "page.txt").returncode == 0
    assert (tmp_path / "page.txt").read_text("utf-8") == tflab(tmp_path, "lessons", "--summary", "-").stdout


@pytest.mark.parametrize("target", ["page.pdf", "missing/page.svg"])
def test_a_page_that_cannot_be_written_is_one_line(tmp_path: Path, target: str) -> None:
    refused = tflab(tmp_path, "lessons", "--summary", target)
    assert refused.returncode == 2
    assert len(refused.stderr.splitlines()) == 1
    assert target in refused.stderr
