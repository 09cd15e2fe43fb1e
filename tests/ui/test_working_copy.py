"""What is typed is kept: after a pause, and while the typing goes on."""

from __future__ import annotations

import pytest

from tests.ui.doubles import MemoryDrafts, lesson
from tests.ui.lab_driver import lab
from tflab.ui.working_copy import SAVE_AFTER, SAVE_WITHIN, WorkingCopy


@pytest.fixture
def drafts() -> MemoryDrafts:
    return MemoryDrafts()


def test_typing_is_kept_after_a_pause(drafts: MemoryDrafts) -> None:
    copy = WorkingCopy(lesson("x = 1"), drafts)
    copy.edit(0, "x = 2", 10.0)

    copy.save_if_due(10.0 + SAVE_AFTER * 0.9)
    assert drafts.kept == {}
    copy.save_if_due(10.0 + SAVE_AFTER)
    assert drafts.kept == {0: "x = 2"}


def test_typing_that_goes_on_and_on_is_kept_within_a_second(drafts: MemoryDrafts) -> None:
    assert SAVE_WITHIN < 1.0
    copy = WorkingCopy(lesson("x = 1"), drafts)
    now, typed = 10.0, "#"
    kept_at = now
    for _ in range(200):
        typed += "x"
        now += 0.05
        copy.edit(0, typed, now)
        copy.save_if_due(now)
        if drafts.kept.get(0) == typed:
            kept_at = now
        assert now - kept_at < 1.0


async def test_a_disk_that_refuses_is_said_without_another_key_and_so_is_its_end() -> None:
    async with lab() as running:
        running.drafts.trouble = "drafts are not being kept: No space left on device"
        await running.sees("No space left on device")

        running.drafts.trouble = ""
        await running.sees("is being kept again")
        await running.misses("No space left on device")
