"""Widgets as text that follows them, with Jupyter's own."""

from __future__ import annotations

from tests.sessions import LiveSession
from tflab.protocol.events import ResultShown
from tflab.session.widget_text import VIEW


def texts(run_events: list[ResultShown]) -> list[str]:
    return [event.mime["text/plain"] for event in run_events]


def test_a_widget_shows_what_it_has_become_also_in_a_later_cell(shared_session: LiveSession) -> None:
    run = shared_session.check("import ipywidgets\nslider = ipywidgets.IntSlider(value=3)\nipywidgets.HBox([slider])")
    (shown,) = run.all(ResultShown)
    assert (shown.is_result, shown.update) == (True, False)
    assert VIEW in shown.mime

    later = shared_session.check("slider.value = 7").all(ResultShown)
    assert {event.display_id for event in later} == {shown.display_id}
    assert all(event.update for event in later)
    assert "value=7" in texts(later)[-1]
    assert not shared_session.check("slider.value = 7").all(ResultShown), "nothing has changed"


def test_the_bar_of_a_loop_moves_and_ends_full(shared_session: LiveSession) -> None:
    run = shared_session.check(
        "from tqdm.notebook import tqdm\nimport time\nfor _ in tqdm(range(300), desc='steps'):\n    time.sleep(0.002)"
    )
    shown = run.all(ResultShown)
    assert [event.update for event in shown] == [False] + [True] * (len(shown) - 1)
    assert len({event.display_id for event in shown}) == 1
    assert "0/300" in texts(shown)[0]
    assert "300/300" in texts(shown)[-1]
    assert len(shown) < 300, "not every step is told"


def test_what_is_no_widget_has_no_id(shared_session: LiveSession) -> None:
    run = shared_session.check(f"display({{'text/plain': 'x', '{VIEW}': {{'model_id': 'none'}}}}, raw=True)")
    assert [event.display_id for event in run.all(ResultShown)] == [None]
