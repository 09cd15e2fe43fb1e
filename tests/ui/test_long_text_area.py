"""The editor's text and its syntax tree: the same as Textual's, whatever is typed where."""

from __future__ import annotations

import random
from typing import Final

import pytest
from textual._tree_sitter import get_language
from textual.document._syntax_aware_document import SyntaxAwareDocument

from tests.ui.doubles import lesson
from tests.ui.lab_driver import lab
from tflab.ui.widgets.parsed_source import ParsedSource

_SOURCE: Final = "\n".join(f"räume_{number} = {{'名': {number}, 's': '''a\n  b'''}}  # 🙂" for number in range(150))
_PIECES: Final = ("x", "é", "🙂", "\n", "def f(a):\n    return a\n", "'''", "", "(")


def test_edits_give_the_tree_that_textual_gives() -> None:
    language = get_language("python")
    assert language is not None
    ours, theirs = ParsedSource(_SOURCE, language), SyntaxAwareDocument(_SOURCE, language)
    chance = random.Random(7)
    for _ in range(40):
        row = chance.randrange(ours.line_count)
        column = chance.randint(0, len(ours.get_line(row)))
        last = min(ours.line_count - 1, row + chance.randrange(3))
        end = (last, len(ours.get_line(last)) if last > row else min(len(ours.get_line(row)), column + 2))
        piece = chance.choice(_PIECES)
        for document in (ours, theirs):
            document.replace_range((row, column), end, piece)
        assert ours.text == theirs.text
        assert str(ours._syntax_tree.root_node) == str(theirs._syntax_tree.root_node)


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_the_parser_reads_the_text_from_any_place(newline: str) -> None:
    language = get_language("python")
    assert language is not None
    source = ParsedSource(_SOURCE.replace("\n", newline), language)
    encoded = source.text.encode()
    for row in range(source.line_count):
        for column in (0, 3, len(source.get_line(row))):
            at = source._location_to_byte_offset((row, column))
            assert at == len((newline.join([*source.lines[:row], source.get_line(row)[:column]])).encode())
            read = source._read_callable(at, source._location_to_point((row, column)))
            assert encoded[at:].startswith(read)
            assert read or at == len(encoded)


async def test_the_first_text_gets_its_colours() -> None:
    async with lab(lesson("import numpy")) as running:
        await running.until(lambda: running.editor._highlights[0])


def test_a_query_is_compiled_once() -> None:
    language = get_language("python")
    assert language is not None
    first, second = ParsedSource("a", language), ParsedSource("b", language)
    assert first.prepare_query("(identifier) @name") is second.prepare_query("(identifier) @name")


async def test_a_long_text_is_coloured_when_the_typing_pauses_and_after_undo() -> None:
    async with lab(lesson("\n".join(f"value_{number} = {number}" for number in range(3000)))) as running:
        editor = running.editor
        await running.until(lambda: editor._highlights[0])
        await running.press(*"import q")
        await running.until(lambda: "import" in running.source())
        await running.until(
            lambda: (0, 6, "include") in editor._highlights[0] or "keyword" in str(editor._highlights[0])
        )
        document = editor.document
        assert isinstance(document, ParsedSource)
        await running.press("ctrl+z")
        await running.until(lambda: not document.is_behind and running.source().startswith("value_0"))


async def test_rows_are_counted_as_textual_counts_them() -> None:
    async with lab(lesson("\n".join("x = " + "1 + " * number for number in range(60)) + "1")) as running:
        wrapped = running.editor.wrapped_document
        assert wrapped.height > 60
        assert wrapped.height == sum(len(offsets) + 1 for offsets in wrapped._wrap_offsets)
        await running.press(*"abc", "enter")
        assert wrapped.height == sum(len(offsets) + 1 for offsets in wrapped._wrap_offsets)
