"""Steps get other numbers when cells are added, moved or taken away; what is known of them follows."""

from __future__ import annotations

from collections.abc import Mapping

from tflab.state.run_state import RunState


def renumber(state: RunState, moved: Mapping[int, int]) -> None:
    """Has ``state`` know steps by other numbers: ``moved`` has the new one of each that is still there, by the old."""
    state.steps = {moved[index]: run for index, run in state.steps.items() if index in moved}
    state.armed = {moved[index] for index in state.armed if index in moved}
    if state.running is not None:
        state.running = moved.get(state.running)
    if state.last_error is not None:
        index, error = state.last_error
        state.last_error = (moved[index], error) if index in moved else None
    state.output.renumber(moved)
    state.problems.renumber(moved)
    state.curves.renumber(moved)
    state.gradients.renumber(moved)
    state.version += 1
