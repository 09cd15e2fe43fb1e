"""How the sessions of the lab are to start."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tests.ui.doubles import lesson
from tflab.cli.options import SessionOptions
from tflab.cli.session_spec import SpecsOfDocument, file_session, lesson_session


def test_sessions_have_the_devices_of_the_lesson_that_is_open(tmp_path: Path) -> None:
    plain, split = lesson("x = 1"), replace(lesson("x = 1"), devices=(("cpu", 2),))
    specs = SpecsOfDocument(lesson_session(), plain)
    assert specs.make_spec(tmp_path).logical_devices == ()
    assert specs.opened(split) is split
    assert specs.make_spec(tmp_path).logical_devices == (("cpu", 2),)
    specs.opened(plain)
    assert specs.make_spec(tmp_path).logical_devices == ()


def test_the_command_line_has_the_last_word_on_devices(tmp_path: Path) -> None:
    split = replace(lesson("x = 1"), path=tmp_path / "14_training_loops.md", devices=(("cpu", 2),))
    for options, devices in ((SessionOptions(), (("cpu", 2),)), (SessionOptions(devices=(("cpu", 4),)), (("cpu", 4),))):
        planned = file_session(split, options, (), tmp_path)
        assert planned.make_spec(tmp_path).logical_devices == devices
