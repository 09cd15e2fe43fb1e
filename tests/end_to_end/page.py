"""A page of ``tflab serve``, as the script in the browser drives it: keys as messages, drawing as bytes."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import aiohttp
import pyte

from tests.end_to_end.terminal import KEYS, Screen

Socket: TypeAlias = "aiohttp.ClientWebSocketResponse[bool]"


@dataclass(frozen=True)
class Served:
    """A running server."""

    process: subprocess.Popen[str]
    url: str
    """With its token, ending in a slash."""

    @property
    def origin(self) -> str:
        """Scheme, host and port."""
        return "/".join(self.url.split("/")[:3])

    def stop(self) -> int:
        """Ends the server as Ctrl+C does; its status."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(60)


@contextmanager
def served(*arguments: str, environment: Mapping[str, str], directory: Path) -> Iterator[Served]:
    """Runs ``tflab serve ARGUMENTS`` until the end of the block."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tflab", "serve", *arguments],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, env=dict(environment), cwd=directory, start_new_session=True,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        said = ""
        for line in process.stdout:
            said += line
            if found := re.search(r"http://127\.0\.0\.1:\d+/[\w-]+/", line):
                yield Served(process, found[0])
                break
        else:
            raise AssertionError(f"the server never told its address\n{said}")
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(20)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(20)
        if process.stdout is not None:
            process.stdout.close()


class Page:
    """An open page with a screen that tests can read."""

    def __init__(self, socket: Socket, columns: int, lines: int) -> None:
        self._socket = socket
        self._screen = Screen(columns, lines)
        self._stream = pyte.ByteStream(self._screen)
        self.closed = asyncio.Event()

    async def read(self) -> None:
        """Draws what comes until the server ends the connection."""
        async for message in self._socket:
            if message.type == aiohttp.WSMsgType.BINARY:
                self._stream.feed(message.data)
        self.closed.set()

    def text(self) -> str:
        """The screen as text, a line each."""
        return "\n".join(self._screen.display)

    async def press(self, *keys: str) -> None:
        """Presses keys by name (``ctrl+r``, ``f5``), or types text."""
        for key in keys:
            await self._socket.send_json(["stdin", KEYS.get(key, key)])

    async def until(self, condition: Callable[[str], bool], what: str, timeout: float = 90.0) -> str:
        """The screen, once ``condition`` holds of it. Raises AssertionError with the screen after ``timeout`` s."""
        end = asyncio.get_running_loop().time() + timeout
        while not condition(self.text()):
            if asyncio.get_running_loop().time() > end:
                raise AssertionError(f"after {timeout:.0f} s still not: {what}\n{self.text()}")
            await asyncio.sleep(0.05)
        return self.text()

    async def sees(self, wanted: str, timeout: float = 90.0) -> str:
        """The screen, once ``wanted`` is on it."""
        return await self.until(lambda screen: wanted in screen, f"{wanted!r} on the screen", timeout)

    async def misses(self, unwanted: str) -> str:
        """The screen, once ``unwanted`` has left it."""
        return await self.until(lambda screen: unwanted not in screen, f"{unwanted!r} gone")


@asynccontextmanager
async def opened(server: Served, columns: int = 160, lines: int = 48) -> AsyncIterator[Page]:
    """Opens a page and closes it at the end of the block."""
    async with (
        aiohttp.ClientSession() as client,
        client.ws_connect(
            f"{server.url.replace('http', 'ws', 1)}ws?width={columns}&height={lines}",
            origin=server.origin,
            max_msg_size=0,
        ) as socket,
    ):
        page = Page(socket, columns, lines)
        reading = asyncio.create_task(page.read())
        try:
            await socket.send_json(["resize", {"width": columns, "height": lines}])
            yield page
        finally:
            await socket.close()
            await asyncio.wait_for(reading, 90)
