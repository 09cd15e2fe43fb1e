"""A real browser without a window, driven by its own debugging protocol."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import io
import itertools
import os
import re
import shutil
import signal
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import aiohttp
import numpy as np
import pyte
from numpy.typing import NDArray
from PIL import Image

from tests.end_to_end.page import Page, Socket
from tests.end_to_end.terminal import Screen

_VIRTUAL_KEYS: Final = {"F4": 115, "F5": 116, "F10": 121, "Enter": 13, "Escape": 27, "End": 35}


def executable() -> str | None:
    """Where Chromium is on this machine; None where it is not."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return next((found for name in names if (found := shutil.which(name))), None)


class BrowserPage(Page):
    """A page in Chromium: keys are pressed in it, its own connection is listened to, its pixels can be looked at."""

    def __init__(self, socket: Socket) -> None:
        super().__init__(socket, 80, 24)
        self._numbers = itertools.count(1)
        self._answers: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self.addresses: list[str] = []
        """Everything that the page asked for."""

    async def read(self) -> None:
        """Takes in what the browser says until it ends."""
        async for message in self._socket:
            said = message.json()
            parameters = said.get("params", {})
            if "id" in said:
                self._answers.pop(said["id"]).set_result(said.get("result", {}))
            elif said["method"] == "Network.requestWillBeSent":
                self.addresses.append(parameters["request"]["url"])
            elif said["method"] == "Network.webSocketCreated":
                self.addresses.append(parameters["url"])
                if size := re.search(r"width=(\d+)&height=(\d+)", parameters["url"]):
                    self._screen = Screen(int(size[1]), int(size[2]))
                    self._stream = pyte.ByteStream(self._screen)
            elif said["method"] == "Network.webSocketFrameReceived" and parameters["response"]["opcode"] == 2:
                self._stream.feed(base64.b64decode(parameters["response"]["payloadData"]))

    async def call(self, method: str, **parameters: object) -> dict[str, Any]:
        """What the browser answers."""
        number = next(self._numbers)
        answer = self._answers[number] = asyncio.get_running_loop().create_future()
        await self._socket.send_json({"id": number, "method": method, "params": parameters})
        return await asyncio.wait_for(answer, 60)

    async def press(self, *keys: str) -> None:
        """Presses keys by the browser's names, ``Control+r`` too, or types text."""
        for key in keys:
            held, _, name = key.rpartition("+") if key.startswith("Control+") else ("", "", key)
            if name in _VIRTUAL_KEYS or held:
                code = _VIRTUAL_KEYS.get(name) or ord(name.upper())
                event = {
                    "key": name, "code": name if name in _VIRTUAL_KEYS else f"Key{name.upper()}",
                    "windowsVirtualKeyCode": code, "modifiers": 2 if held else 0,
                }  # fmt: skip
                await self.call("Input.dispatchKeyEvent", type="rawKeyDown", **event)
                await self.call("Input.dispatchKeyEvent", type="keyUp", **event)
            else:
                await self.call("Input.dispatchKeyEvent", type="char", text=key)

    async def click(self, x: int, y: int) -> None:
        """A left click, in pixels, once the page has drawn what came: before, its terminal knows no mouse."""
        drawn = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 0))))"
        await self.call("Runtime.evaluate", expression=drawn, awaitPromise=True)
        for what in ("mousePressed", "mouseReleased"):
            await self.call("Input.dispatchMouseEvent", type=what, x=x, y=y, button="left", clickCount=1)

    async def pixels(self) -> NDArray[np.uint8]:
        """What the page looks like: height by width by red, green, blue."""
        answer = await self.call("Page.captureScreenshot", format="png")
        return np.asarray(Image.open(io.BytesIO(base64.b64decode(answer["data"]))).convert("RGB"))


@asynccontextmanager
async def browsing(url: str, profile: Path) -> AsyncIterator[BrowserPage]:
    """Opens ``url`` in a fresh browser and ends it after the block."""
    program = executable()
    assert program is not None
    process = subprocess.Popen(
        [
            program, "--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-background-networking",
            "--no-first-run", "--remote-debugging-port=0", f"--user-data-dir={profile}", "--window-size=1500,900",
            "about:blank",
        ],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    try:
        port = await _port(profile, process)
        async with aiohttp.ClientSession() as client:
            async with client.put(f"http://127.0.0.1:{port}/json/new?about:blank") as response:
                address = (await response.json(content_type=None))["webSocketDebuggerUrl"]
            async with client.ws_connect(address, max_msg_size=0) as socket:
                page = BrowserPage(socket)
                reading = asyncio.create_task(page.read())
                await page.call("Network.enable")
                await page.call("Page.bringToFront")
                await page.call("Emulation.setFocusEmulationEnabled", enabled=True)
                await page.call("Page.navigate", url=url)
                yield page
                await socket.close()
                await asyncio.wait_for(reading, 30)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(30)


async def _port(profile: Path, process: subprocess.Popen[bytes]) -> int:
    """Where the browser listens; it says so in a file of its profile."""
    for _ in range(1200):
        with contextlib.suppress(OSError, IndexError, ValueError):
            return int((profile / "DevToolsActivePort").read_text().split()[0])
        assert process.poll() is None, "the browser ended at once"
        await asyncio.sleep(0.05)
    raise AssertionError("the browser never listened")
