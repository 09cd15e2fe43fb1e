"""Names and lines of cells."""

from __future__ import annotations

import linecache
from collections.abc import Iterator
from pathlib import Path

import pytest

from tflab.protocol.requests import RunCellRequest
from tflab.session.sources import CellSources


@pytest.fixture(autouse=True)
def _clean_linecache() -> Iterator[None]:
    before = dict(linecache.cache)
    yield
    linecache.cache.clear()
    linecache.cache.update(before)


def test_a_cell_has_a_name_of_its_own_for_every_run() -> None:
    sources = CellSources()

    names = [sources.register(RunCellRequest(cell=cell, source="a")).filename for cell in (2, 2, 0)]

    assert names == ["<cell 3>", "<cell 3, run 2>", "<cell 1>"]
    assert all(name in sources for name in names)
    assert "<stdin>" not in sources


def test_lines_of_an_earlier_run_stay_readable() -> None:
    sources = CellSources()
    first = sources.register(RunCellRequest(cell=0, source="old = 1"))
    second = sources.register(RunCellRequest(cell=0, source="new = 1"))

    assert linecache.getline(first.filename, 1) == "old = 1\n"
    assert linecache.getline(second.filename, 1) == "new = 1\n"


def test_the_entry_survives_a_check_of_the_cache() -> None:
    source = CellSources().register(RunCellRequest(cell=0, source="a = 1"))

    linecache.checkcache()

    assert linecache.getline(source.filename, 1) == "a = 1\n"


def test_leading_blank_lines_are_left_out_and_counted() -> None:
    source = CellSources().register(RunCellRequest(cell=0, source="\n  \n%%time\n\nx = 1"))

    assert source.code.startswith("%%time")
    assert source.line_offset == 2
    rest = source.after("%%time\n")
    assert (rest.code, rest.line_offset) == ("x = 1", 4)


def test_cells_of_a_script_keep_their_place_in_the_file(tmp_path: Path) -> None:
    # GIVEN a script of two cells on disk
    script = tmp_path / "script.py"
    script.write_text("# %%\na = 1\n# %%\nb = 2\n")
    sources = CellSources()

    # WHEN the second one runs with other content than the disk has
    source = sources.register(RunCellRequest(cell=1, source="b = 3", filename=str(script), first_line=4))

    # THEN its lines count in the file, and the others are the disk's
    assert (source.filename, source.line_offset) == (str(script), 3)
    assert linecache.getlines(str(script)) == ["# %%\n", "a = 1\n", "# %%\n", "b = 3\n"]


def test_a_script_that_is_nowhere_on_disk_has_its_lines() -> None:
    source = CellSources().register(RunCellRequest(cell=0, source="x\ny", filename="gone.py", first_line=3))

    assert linecache.getlines(source.filename) == ["\n", "\n", "x\n", "y\n"]
