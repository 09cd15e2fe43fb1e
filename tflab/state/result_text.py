"""A result as text, where a terminal cannot draw what a page would."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html.parser import HTMLParser
from typing import Final

_OBJECT: Final = re.compile(r"<IPython\.core\.display\.\w+ object>\Z")
_SOURCES: Final = ("text/markdown", "text/latex")
_UNSEEN: Final = frozenset(("script", "style", "head"))
_BREAKS: Final = frozenset(
    ("br", "p", "div", "tr", "li", "h1", "h2", "h3", "h4", "h5", "h6", "table", "ul", "ol", "pre")
)


def result_text(mime: Mapping[str, str]) -> str:
    """The plain text of a mimebundle; of Markdown, formulas and HTML, which have none of their own, what they say."""
    text = mime.get("text/plain", "")
    if text and _OBJECT.match(text) is None:
        return text
    for kind in _SOURCES:
        if kind in mime:
            return mime[kind]
    if "text/html" in mime:
        return _Page.text_of(mime["text/html"]) or text
    return text


class _Page(HTMLParser):
    """Collects what can be read of HTML."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._parts: list[str] = []
        self._unseen = 0

    @classmethod
    def text_of(cls, source: str) -> str:
        """Its words, a line for each row or paragraph."""
        page = cls()
        try:
            page.feed(source)
            page.close()
        # A declaration of no kind that Python knows.
        except (AssertionError, ValueError):
            return ""
        lines = (" ".join(line.split()) for line in "".join(page._parts).split("\n"))
        return "\n".join(line for line in lines if line)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._unseen += tag in _UNSEEN
        self._parts.append("\n" if tag in _BREAKS else "  " if tag in ("td", "th") else "")

    def handle_endtag(self, tag: str) -> None:
        self._unseen = max(0, self._unseen - (tag in _UNSEEN))
        self._parts.append("\n" if tag in _BREAKS else "")

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self._parts.append(data)
