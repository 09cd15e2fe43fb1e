"""``tflab serve``: the same lab through the browser's connection, and in a real browser where there is one."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Iterator
from pathlib import Path

import aiohttp
import numpy as np
import psutil
import pytest
from numpy.typing import NDArray

from tests.end_to_end.chromium import browsing, executable
from tests.end_to_end.conftest import LOADING
from tests.end_to_end.page import Page, Served, opened, served
from tests.end_to_end.test_lab import braille


@pytest.fixture
def server(user: dict[str, str], work_folder: Path) -> Iterator[Served]:
    """Lesson 14, served to a person who never opened the lab."""
    with served("14", environment=user, directory=work_folder) as running:
        yield running


async def close_welcome(page: Page) -> None:
    """What a person does first."""
    await page.sees("any key closes this", LOADING)
    await page.press("escape")
    await page.misses("any key closes this")


async def test_a_lesson_is_typed_in_run_and_drawn_in_a_page(server: Served) -> None:
    async with opened(server) as page:
        await close_welcome(page)
        await page.sees("Training loops")
        await page.sees("session idle", LOADING)

        # WHEN code is typed and run THEN its output is on the page
        await page.press("ctrl+end", "enter")
        await page.press(*"print('typed', 6 * 7)", "ctrl+r")
        await page.sees("typed 42", LOADING)

        # WHEN the loop runs THEN its curve is drawn
        for number in range(2, 5):
            await page.press("f4")
            await page.sees(f"step {number}/")
        await page.press("f5")
        await page.until(lambda screen: len(braille(screen).split()) > 10, "a curve of braille dots", LOADING)
        await page.until(lambda screen: re.search(r"training step \d+", screen) is not None, "the training step")

        # WHEN the person quits THEN the page is told
        await page.press("ctrl+c")
        await page.press("f10")
        await asyncio.wait_for(page.closed.wait(), 60)
    assert server.stop() == 0


async def test_only_who_knows_the_token_and_comes_from_the_page_is_let_in(server: Served) -> None:
    async with aiohttp.ClientSession() as client:

        async def status(url: str, **headers: str) -> int:
            async with client.get(url, headers=headers) as response:
                return response.status

        async with client.get(server.url) as response:
            assert response.status == 200
            page = await response.text()
            assert response.headers["Referrer-Policy"] == "no-referrer"
            assert "frame-ancestors 'none'" in response.headers["Content-Security-Policy"]
        for address in re.findall(r"https?://[^\"' ]+", page):
            raise AssertionError(f"the page asks {address}, which is not this server")
        for resource in re.findall(r"/static/[^\"']+", page):
            assert await status(server.origin + resource) == 200
        assert await status(server.origin + "/") == 403
        assert await status(server.origin + "/guess/") == 403
        assert await status(server.origin + "/guess/ws") == 403
        assert await status(server.url, Host="rebound.example") == 403
        assert await status(server.url, Origin="http://other.example") == 403
        socket = server.url.replace("http", "ws", 1) + "ws"
        for url, origin in ((socket, "http://other.example"), (f"{server.origin}/guess/ws", server.origin)):
            with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
                await client.ws_connect(url, origin=origin)
            assert refused.value.status == 403


async def test_a_closed_page_ends_its_lab_and_another_can_be_opened(server: Served) -> None:
    async with opened(server, 80, 24) as page:
        await page.sees("any key closes this", LOADING)
        assert labs_of(server)
    deadline = time.monotonic() + 60
    while labs_of(server):
        assert time.monotonic() < deadline, "the lab of a closed page goes on"
        await asyncio.sleep(0.1)
    async with opened(server, 100, 30) as page:
        await page.sees("Training loops", LOADING)


def labs_of(server: Served) -> list[psutil.Process]:
    """The labs that run for pages."""
    running: list[psutil.Process] = psutil.Process(server.process.pid).children()
    return running


@pytest.mark.skipif(executable() is None, reason="no Chromium here; the tests above drive the page's own connection")
async def test_chromium_types_runs_and_draws_a_curve(server: Served, tmp_path: Path) -> None:
    async with browsing(server.url, tmp_path / "profile") as page:
        await page.sees("any key closes this", LOADING)
        await page.click(700, 400)
        await page.misses("any key closes this")
        await page.sees("session idle", LOADING)
        await page.click(1000, 80)
        await page.sees("┏━ Code")
        await page.press("Control+End", "Enter", *"print('typed', 6 * 7)", "Control+r")
        await page.sees("typed 42", LOADING)
        before = close_to(await page.pixels(), CURVE)
        for number in range(2, 5):
            await page.press("F4")
            await page.sees(f"step {number}/")
        await page.press("F5")
        await page.until(lambda screen: len(braille(screen).split()) > 10, "a curve of braille dots", LOADING)
        for _ in range(100):
            if (after := close_to(await page.pixels(), CURVE)) > before + 100:
                break
        assert after > before + 100, "the curve's own colour on the page"
        others = [address for address in page.addresses if address.split("/")[2] != server.origin.split("/")[2]]
        assert not [address for address in others if address.startswith(("http", "ws"))], "nobody else is asked"


CURVE = (0x56, 0xB4, 0xE9)
"""The first curve's colour on dark ground."""


def close_to(pixels: NDArray[np.uint8], colour: tuple[int, int, int]) -> int:
    """How many pixels have nearly that colour."""
    return int((np.abs(pixels.astype(np.int16) - np.asarray(colour)).max(-1) < 8).sum())
