"""The IPython shell of a session: magics, ``display()``, rich results, ``_`` and ``__``, matplotlib inline.

Built once in the fork server. IPython's own way of running cells and showing tracebacks is replaced
(`tflab.session.cells`): it renders library frames for a second, and a session has its own file names and lines.
"""

from __future__ import annotations

import base64
import builtins
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from IPython.core.profiledir import ProfileDir
from traitlets import default
from traitlets.config import Config

from tflab.protocol.events import Event, OutputCleared, ResultShown
from tflab.session.loading import INLINE_BACKEND
from tflab.session.pictures import reduced
from tflab.session.widget_text import WidgetTexts


def mimebundle(data: Mapping[str, Any]) -> dict[str, str]:
    """``data`` as an event carries it: text as it is, bytes in base64, the rest as JSON; ``text/plain`` always."""
    bundle: dict[str, str] = {}
    for kind, value in data.items():
        if isinstance(value, str):
            bundle[str(kind)] = value
        elif isinstance(value, bytes):
            bundle[str(kind)] = base64.b64encode(value).decode("ascii")
        else:
            bundle[str(kind)] = json.dumps(value, default=repr)
    bundle.setdefault("text/plain", "")
    return bundle


class SessionDisplayHook(DisplayHook):
    """The value of a cell's last expression, as `ResultShown`."""

    shell: SessionShell

    @property
    def prompt_count(self) -> int:
        """The number of the running cell: IPython 8 counts it when it ends, 9 and `tflab.session.cells` before."""
        return int(self.shell.execution_count) - 1

    def write_output_prompt(self) -> None:
        """No ``Out[3]:``; the interface says what is a result."""

    def write_format_data(self, format_dict: dict[str, Any], md_dict: Any = None) -> None:
        """Emits the result."""
        self.shell.show_result(
            ResultShown(
                cell=self.shell.cell,
                mime=mimebundle(format_dict),
                is_result=True,
                display_id=self.shell.widget_id(format_dict),
            )
        )

    def finish_displayhook(self) -> None:
        """Nothing was printed, so nothing is to be flushed."""


class SessionDisplayPublisher(DisplayPublisher):
    """``display()`` and ``clear_output()``."""

    shell: SessionShell

    def publish(self, data: Any, metadata: Any = None, *_: Any, **options: Any) -> None:
        """Emits what is displayed."""
        transient = options.get("transient") or {}
        self.shell.show_result(
            ResultShown(
                cell=self.shell.cell,
                mime=mimebundle(data),
                display_id=transient.get("display_id") or self.shell.widget_id(data),
                update=bool(options.get("update", False)),
            )
        )

    def clear_output(self, wait: bool = False) -> None:
        """Emits the clearing."""
        self.shell.show(OutputCleared(cell=self.shell.cell, wait=bool(wait)))


class SessionShell(InteractiveShell):
    """IPython with the session's outputs. ``connect`` it in the child before anything runs."""

    cell: int | None = None
    """The running cell."""

    widget_texts: WidgetTexts | None = None
    """The widgets in sight; None before ``connect``."""

    _emit: Callable[[Event], None] | None = None
    _write_traceback: Callable[[BaseException], None] | None = None

    def connect(self, emit: Callable[[Event], None], write_traceback: Callable[[BaseException], None]) -> None:
        """Results go to ``emit`` from now on; exceptions inside magics and callbacks to ``write_traceback``."""
        self._emit = emit
        self._write_traceback = write_traceback
        self.widget_texts = WidgetTexts(self._show_widget)

    @default("ipython_dir")
    def _ipython_dir_default(self) -> str:
        return os.environ.get("IPYTHONDIR") or tempfile.mkdtemp(prefix="ipython-")

    @default("profile_dir")
    def _profile_dir_default(self) -> Any:
        return ProfileDir.create_profile_dir_by_name(self.ipython_dir, "default")  # type: ignore[no-untyped-call]

    def widget_id(self, data: Mapping[str, Any]) -> str | None:
        """The id under which a widget's text is shown, so that it can follow the widget; None for all else."""
        return self.widget_texts.displayed(data) if self.widget_texts is not None else None

    def _show_widget(self, display_id: str, data: dict[str, Any]) -> None:
        self.show(ResultShown(cell=self.cell, mime=mimebundle(data), display_id=display_id, update=True))

    def show_result(self, result: ResultShown) -> None:
        """Emits a result, before it what it looks like where it is a picture."""
        picture = reduced(result.mime, result.cell)
        if picture is not None:
            self.show(picture)
        self.show(result)

    def show(self, event: Event) -> None:
        """Emits ``event``; before ``connect`` there is nobody to see it."""
        if self._emit is not None:
            self._emit(event)

    def showtraceback(
        self,
        exc_tuple: Any = None,
        filename: str | None = None,
        tb_offset: int | None = None,
        exception_only: bool = False,
        running_compiled_code: bool = False,
    ) -> None:
        """Shows what failed inside a magic, a formatter or a callback; the cell's own error is `CellFinished`'s."""
        value = exc_tuple[1] if exc_tuple else sys.exc_info()[1]
        if value is not None and self._write_traceback is not None:
            self._write_traceback(value)

    def showsyntaxerror(self, filename: str | None = None, running_compiled_code: bool = False) -> None:
        """Shows a syntax error of code that a magic compiles."""
        self.showtraceback()

    def _format_exception_for_storage(self, exception: BaseException, *_: Any, **__: Any) -> dict[str, Any]:
        return {"ename": type(exception).__name__, "evalue": "", "traceback": []}

    def system(self, cmd: str) -> None:
        """``!cmd``: through pipes, since a sandbox has no pseudo-terminal; its output comes as it is printed."""
        command: Any = self.var_expand(cmd, depth=1)  # type: ignore[no-untyped-call]
        with subprocess.Popen(
            command,
            shell=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        ) as process:
            assert process.stdout is not None
            try:
                while piece := process.stdout.read1(65536):  # type: ignore[attr-defined]
                    sys.stdout.buffer.write(piece)
            except BaseException:
                process.kill()
                raise
        self.user_ns["_exit_code"] = process.returncode

    system_piped = system
    system_raw = system

    def enable_gui(self, gui: str | None = None) -> None:
        """There is no window system in a session."""

    def init_virtualenv(self) -> None:
        """The server already runs in the right environment."""


def build_shell() -> SessionShell:
    """The shell and its ``__main__``. To be called once, in the fork server, after numpy is imported."""
    module = ModuleType("__main__")
    module.__dict__["__builtins__"] = builtins
    config = Config()
    config.HistoryManager.enabled = False
    config.HistoryManager.hist_file = ":memory:"
    config.InteractiveShell.colors = "NoColor"
    config.InteractiveShell.xmode = "Plain"
    folder = tempfile.mkdtemp(prefix="tflab-ipython-")
    try:
        config.InteractiveShell.ipython_dir = folder
        shell: SessionShell = SessionShell.instance(
            config=config,
            display_pub_class=SessionDisplayPublisher,
            displayhook_class=SessionDisplayHook,
            user_module=module,
            user_ns=module.__dict__,
        )
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    # Every session has its own, made when something asks for it.
    for name in ("ipython_dir", "profile_dir"):
        shell._trait_values.pop(name, None)
    # Python's own exit() and quit() end the cell where they stand; IPython's only ask for it.
    for name in ("exit", "quit"):
        shell.user_ns.pop(name, None)
        shell.user_ns_hidden.pop(name, None)
        shell.builtin_trap.auto_builtins.pop(name, None)
    if importlib.util.find_spec("matplotlib") is not None:
        _use_inline_figures(shell)
    return shell


def _use_inline_figures(shell: SessionShell) -> None:
    import matplotlib
    from matplotlib_inline.backend_inline import configure_inline_support

    matplotlib.interactive(True)
    configure_inline_support(shell, INLINE_BACKEND)
