"""What IPython brings to a session: magics, rich output, help, shell commands, figures."""

from __future__ import annotations

import base64
import json

import pytest

from tests.sessions import LiveSession
from tflab.protocol.events import OutputCleared, ResultShown, StreamWritten
from tflab.protocol.pictures import MOST_PIXELS, PictureReduced


def test_rich_results_have_all_their_forms_and_plain_text(shared_session: LiveSession) -> None:
    run = shared_session.check(
        """
class Rich:
    def __repr__(self): return "plain"
    def _repr_html_(self): return "<b>rich</b>"
    def _repr_png_(self): return b"\\x89PNG\\r\\n\\x1a\\n"
    def _repr_json_(self): return {"a": [1]}
Rich()
"""
    )

    (shown,) = run.all(ResultShown)
    assert shown.mime["text/plain"] == "plain"
    assert shown.mime["text/html"] == "<b>rich</b>"
    assert base64.b64decode(shown.mime["image/png"]) == b"\x89PNG\r\n\x1a\n"
    assert json.loads(shown.mime["application/json"]) == {"a": [1]}


def test_display_update_and_clear(shared_session: LiveSession) -> None:
    run = shared_session.check(
        "from IPython.display import clear_output\n"
        "handle = display('first', display_id=True)\nhandle.update('second')\nclear_output(wait=True)"
    )

    first, second = run.all(ResultShown)
    assert (first.update, second.update) == (False, True)
    assert first.display_id == second.display_id != None  # noqa: E711
    assert [event.wait for event in run.all(OutputCleared)] == [True]


def test_display_without_plain_text_has_an_empty_one(shared_session: LiveSession) -> None:
    run = shared_session.check("from IPython.display import publish_display_data as p\np({'text/html': '<i>'})")
    assert run.all(ResultShown)[0].mime == {"text/html": "<i>", "text/plain": ""}


def test_figures_are_shown_at_the_end_of_their_cell(shared_session: LiveSession) -> None:
    pytest.importorskip("matplotlib", reason="figures are inline only where matplotlib is installed")
    run = shared_session.check("import matplotlib.pyplot as plt\nplt.plot([1, 2, 3]);\nprint('after')")

    shown = run.all(ResultShown)
    assert len(shown) == 1
    assert base64.b64decode(shown[0].mime["image/png"]).startswith(b"\x89PNG")
    assert run.events.index(shown[0]) < run.events.index(run.finished)
    assert shared_session.check("1").results == ["1"]


def test_plt_show_shows_where_it_stands(shared_session: LiveSession) -> None:
    pytest.importorskip("matplotlib", reason="figures are inline only where matplotlib is installed")
    run = shared_session.check("import matplotlib.pyplot as plt\nplt.plot([1])\nplt.show()\nplt.plot([2])\nplt.show()")
    assert len([event for event in run.all(ResultShown) if "image/png" in event.mime]) == 2


def test_timeit(shared_session: LiveSession) -> None:
    assert "per loop" in shared_session.check("%timeit -n 10 -r 2 sum(range(10))").text()


def test_time_keeps_lines_and_sources(shared_session: LiveSession) -> None:
    run = shared_session.run(
        "%%time\n\nimport tensorflow as tf\n@tf.function\ndef f(x):\n    if x > 0:\n        x += 1\n    return x\n"
        "assert f(tf.constant(1)) == 2\n1 / 0"
    )

    assert "wall time:" in run.text()
    assert run.finished.error is not None
    assert (run.finished.error.name, run.finished.error.line) == ("ZeroDivisionError", 10)


def test_help_and_source(shared_session: LiveSession) -> None:
    assert "Return the number of items" in shared_session.check("len?").text()
    shared_session.check("def documented():\n    'what it does'\n    return 1")
    assert "'what it does'" in shared_session.check("documented??").text()


def test_shell_commands_stream_their_output(shared_session: LiveSession) -> None:
    run = shared_session.check("!echo out; echo err >&2; exit 3")
    assert run.text() == "out\nerr\n"
    assert shared_session.check("_exit_code").results == ["3"]
    assert shared_session.check("lines = !echo a; echo b\nlines").results == ["['a', 'b']"]


def test_files_can_be_written_by_a_cell(shared_session: LiveSession) -> None:
    shared_session.check("%%writefile note.txt\nremember")
    assert shared_session.check("open('note.txt').read()").results == ["'remember\\n'"]
    assert shared_session.check("%%bash\ncat note.txt").text() == "remember\n"


def test_capture(shared_session: LiveSession) -> None:
    assert shared_session.check("%%capture caught\nprint('hidden')").text() == ""
    assert shared_session.check("caught.stdout").results == ["'hidden\\n'"]


def test_an_unknown_magic_is_an_error_of_one_line(shared_session: LiveSession) -> None:
    error = shared_session.run("%nosuchmagic").finished.error
    assert error is not None
    assert (error.name, error.line) == ("UsageError", 1)


def test_nothing_of_a_session_is_left_in_the_users_ipython_folder(shared_session: LiveSession) -> None:
    scratch = shared_session.client.spec.permissions.scratch
    assert shared_session.check("print(get_ipython().ipython_dir)").text().startswith(scratch)


def test_a_figure_comes_with_what_it_looks_like(shared_session: LiveSession) -> None:
    pytest.importorskip("matplotlib", reason="figures are inline only where matplotlib is installed")
    run = shared_session.check(
        "import matplotlib.pyplot as plt\n"
        "figure = plt.figure(figsize=(4, 2), facecolor=(1, 0, 0))\n"
        "figure.add_axes((0, 0, 0.5, 1)).set_axis_off()\n"
        "plt.show()"
    )

    (picture,) = run.all(PictureReduced)
    assert picture.width <= MOST_PIXELS[0]
    assert picture.height <= MOST_PIXELS[1]
    assert len(picture.pixels) == 3 * picture.width * picture.height
    assert run.events.index(picture) < run.events.index(run.all(ResultShown)[0])


def test_a_result_comes_after_what_was_written_below_python(shared_session: LiveSession) -> None:
    run = shared_session.check("import os\nos.write(1, b'below\\n')\nos.system('echo other')")
    (result,) = run.all(ResultShown)
    written = [index for index, event in enumerate(run.events) if isinstance(event, StreamWritten)]
    assert written
    assert max(written) < run.events.index(result)
