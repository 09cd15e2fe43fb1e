"""Choices about the interface, kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from tflab.curriculum.kept_files import BackgroundWriter
from tflab.curriculum.preferences import PreferenceFile, Preferences


def test_choices_are_kept(tmp_path: Path) -> None:
    writer = BackgroundWriter()
    file = PreferenceFile(tmp_path, writer)
    file.change(theme="tflab-light", prose_share=0.3)
    file.change(vim_keys=True)
    assert writer.flush()

    assert PreferenceFile(tmp_path).now == Preferences(theme="tflab-light", prose_share=0.3, vim_keys=True)


def test_without_a_file_everything_is_as_it_comes(tmp_path: Path) -> None:
    assert PreferenceFile(tmp_path / "nowhere").now == Preferences()


@pytest.mark.parametrize("content", [b"{", b"\xff\xfe", b'{"theme": 3}', b"[]"])
def test_a_damaged_file_is_set_aside(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "preferences.json").write_bytes(content)

    assert PreferenceFile(tmp_path).now == Preferences()
    assert (tmp_path / "preferences.json.damaged").read_bytes() == content


def test_sizes_that_cannot_be_are_left_out(tmp_path: Path) -> None:
    (tmp_path / "preferences.json").write_text('{"theme": "tflab-light", "code_share": 7, "prose_share": 0.3}')

    assert PreferenceFile(tmp_path).now == Preferences(theme="tflab-light")


def test_what_a_later_version_adds_does_not_matter(tmp_path: Path) -> None:
    (tmp_path / "preferences.json").write_text('{"theme": "tflab-light", "sounds": true}')

    assert PreferenceFile(tmp_path).now.theme == "tflab-light"
