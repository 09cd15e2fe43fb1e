"""Results that a page would draw, as text."""

from __future__ import annotations

import pytest

from tflab.state.result_text import result_text

OBJECT = "<IPython.core.display.HTML object>"


@pytest.mark.parametrize(
    ("mime", "expected"),
    [
        ({"text/plain": "7", "text/html": "<b>seven</b>"}, "7"),
        ({"text/plain": "<IPython.core.display.Markdown object>", "text/markdown": "# Title"}, "# Title"),
        ({"text/plain": "<IPython.core.display.Math object>", "text/latex": "$x^2$"}, "$x^2$"),
        ({"text/plain": OBJECT, "text/html": "<b>x</b> &lt; <i>y</i><br>next"}, "x < y\nnext"),
        (
            {"text/plain": OBJECT, "text/html": "<table><tr><th>a</th><td>1</td></tr><tr><td>b</td></tr></table>"},
            "a 1\nb",
        ),
        ({"text/plain": OBJECT, "text/html": "<style>p {}</style><script>alert()</script>"}, OBJECT),
        ({"text/html": "<p>alone</p>"}, "alone"),
        ({}, ""),
    ],
)
def test_what_has_no_text_of_its_own_is_read(mime: dict[str, str], expected: str) -> None:
    assert result_text(mime) == expected


@pytest.mark.parametrize(
    "source", ["<b <<< &#xZZ; </", "<![unknown[", "<!", "<!DOCTYPE [", "<?", "&#99999999999;", "</"]
)
def test_broken_html_does_no_harm(source: str) -> None:
    assert isinstance(result_text({"text/html": source}), str)
