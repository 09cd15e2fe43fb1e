"""The lab in a browser: a server on loopback that runs a lab of its own for every page that is opened.

The addresses of the page and of its connection hold a token, so that other users of the machine, and pages of other
sites in the same browser, cannot open a lab: whoever can runs code as this user.
"""

from __future__ import annotations

import asyncio
import hmac
import logging
import secrets
import shlex
import signal
import socket
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

import aiohttp_jinja2
import jinja2
from aiohttp import web
from textual_serve.server import Server, to_int

import tflab.ui
from tflab.messages import language, text

HOST: Final = "127.0.0.1"
_PAGES: Final = Path(tflab.ui.__file__).parent / "web"
_FONT_SIZE: Final = 15
_HEADERS: Final = {
    # The page needs nothing from anywhere else, and its address is nobody else's business.
    "Content-Security-Policy": "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:;"
    " connect-src 'self' ws://{host}; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}


class PortTaken(Exception):
    """Something else listens there already; the message is one line for people."""


class LabServer(Server):
    """Serves ``tflab ARGUMENTS`` to whoever knows the token."""

    def __init__(self, arguments: Sequence[str], port: int = 0) -> None:
        """``port`` 0 is any that is free. Raises `PortTaken`."""
        self._socket = socket.socket()
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            self._socket.bind((HOST, port))
        except OSError as error:
            self._socket.close()
            raise PortTaken(text("cli.serve.taken", port=port, reason=error.strerror or str(error))) from None
        self._token = secrets.token_urlsafe(24)
        command = shlex.join([sys.executable, "-m", "tflab", "--lang", language(), *arguments])
        super().__init__(
            command, host=HOST, port=self._socket.getsockname()[1], title="tflab", templates_path=str(_PAGES)
        )
        self._authority = f"{HOST}:{self.port}"

    @property
    def url(self) -> str:
        """The page, with its token."""
        return f"{self.public_url}/{self._token}/"

    async def run(self, ready: Callable[[], None]) -> None:
        """Serves until SIGINT or SIGTERM; ``ready`` is called once pages can be opened."""
        # textual-serve logs every page and crash of a program; what matters here the page itself shows.
        logging.getLogger("textual-serve").addHandler(logging.NullHandler())
        stop = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        runner = web.AppRunner(await self._make_app(), access_log=None, shutdown_timeout=3.0)
        await runner.setup()
        try:
            await web.SockSite(runner, self._socket).start()
            ready()
            await stop.wait()
        finally:
            await runner.cleanup()

    # --- what textual-serve asks for ------------------------------------------------------------------------------

    async def _make_app(self) -> web.Application:
        app = web.Application(middlewares=[self._guard])
        aiohttp_jinja2.setup(app, loader=jinja2.FileSystemLoader(self.templates_path), autoescape=True)
        app.add_routes(
            [
                web.get("/{token}/", self.handle_index, name="index"),
                web.get("/{token}/ws", self.handle_websocket, name="websocket"),
                web.get("/{token}/download/{key}", self.handle_download, name="download"),
                web.static("/static", self.statics_path, name="static"),
            ]
        )
        return app

    @aiohttp_jinja2.template("app_index.html")
    async def handle_index(self, request: web.Request) -> dict[str, Any]:
        """The page."""
        return {
            "language": language(),
            "font_size": to_int(request.query.get("fontsize", ""), _FONT_SIZE),
            "app_websocket_url": f"ws://{self._authority}/{self._token}/ws",
            "config": {"static": {"url": "/static/"}},
            "application": {"name": self.title},
            "opening": text("cli.splash"),
            "closed": text("cli.serve.closed"),
            "again": text("cli.serve.again"),
        }

    @web.middleware
    async def _guard(self, request: web.Request, handler: Callable[[web.Request], Any]) -> web.StreamResponse:
        """Lets through what asks this server by its own name and, but for fonts and scripts, knows the token."""
        # A name that another site has pointed at this machine is not ours, whatever token comes with it.
        if request.host != self._authority:
            raise web.HTTPForbidden(text=text("cli.serve.other_host", url=self.public_url))
        if request.headers.get("Origin", self.public_url) != self.public_url:
            raise web.HTTPForbidden(text=text("cli.serve.other_site"))
        token = request.match_info.get("token")
        if not request.path.startswith("/static/") and (
            token is None or not hmac.compare_digest(token.encode(), self._token.encode())
        ):
            raise web.HTTPForbidden(text=text("cli.serve.no_token"))
        response: web.StreamResponse = await handler(request)
        if not response.prepared:
            for name, value in _HEADERS.items():
                response.headers[name] = value.format(host=self._authority)
        return response
