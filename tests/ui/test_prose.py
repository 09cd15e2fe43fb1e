"""The prose in sight is that of the step in sight."""

from __future__ import annotations

import pytest

from tests.ui.lab_driver import lab


async def test_what_is_new_about_a_step_does_not_replace_the_prose_of_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    async with lab() as running:
        screen = running.screen
        monkeypatch.setattr(screen.desk, "prose", lambda index: f"News of step {index + 1}.")
        # Both in one go: nobody else gets a turn in between.
        screen.show_task()
        await screen.show_step(1)
        await running.settles()
        await running.sees("News of step 2.")
        assert "News of step 1." not in running.text()
