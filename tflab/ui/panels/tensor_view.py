"""A look into one tensor: numbers or a heat map of a slice, exact statistics; every key asks the session anew."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from textual import events
from textual.app import RenderResult
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from tflab.protocol.requests import MeasureTensorRequest, ReadTensorRequest
from tflab.protocol.tensor_looks import TensorRead
from tflab.state.tensors import Tensors
from tflab.ui.panels.tensor_page import Look, Seen, moving_axis, tensor_rows, window_size
from tflab.ui.widgets.palette import palette_of
from tflab.ui.widgets.rows import Row


class TensorView(Widget, can_focus=True):
    """Shows what a `Look` is at."""

    DEFAULT_CSS = """
    TensorView { height: 1fr; width: 1fr; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(0, -1)", show=False),
        Binding("down", "move(0, 1)", show=False),
        Binding("left", "move(1, -1)", show=False),
        Binding("right", "move(1, 1)", show=False),
        Binding("pageup", "page(-1)", show=False),
        Binding("pagedown", "page(1)", show=False),
        Binding("home", "first", show=False),
        Binding("end", "last", show=False),
        Binding("left_square_bracket,comma", "plane(-1)", show=False),
        Binding("right_square_bracket,full_stop", "plane(1)", show=False),
        Binding("a", "next_axis", show=False),
        Binding("t", "turn", show=False),
        Binding("d", "next_axes", show=False),
        Binding("m,space,enter", "map", show=False),
        Binding("x", "measure", show=False),
        Binding("escape,backspace,q", "leave", show=False),
    ]

    class Asked(Message):
        """The session is to be asked this."""

        def __init__(self, request: ReadTensorRequest | MeasureTensorRequest) -> None:
            super().__init__()
            self.request = request

    class Left(Message):
        """The list of all tensors is wanted again."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._tensors = Tensors()
        self._look = Look("")
        self._record: object = None
        self._rows: list[Row] | None = None

    @property
    def name_shown(self) -> str:
        """The name of the tensor; empty where none is looked at."""
        return self._look.name

    def open(self, name: str, tensors: Tensors) -> None:
        """Looks at another tensor."""
        self._look = Look(name)
        self._tensors = tensors
        self._record = tensors.named(name)
        self._ask()

    def close(self) -> None:
        """Looks at none."""
        self._look = Look("")

    def show_tensors(self, tensors: Tensors) -> None:
        """What is known now. Where the value is another one, its slice is asked for anew."""
        self._tensors = tensors
        record = tensors.named(self._look.name)
        if record is not self._record:
            self._record = record
            self._ask()
        self._changed()

    # --- asking -------------------------------------------------------------------------------------------------

    def _seen(self) -> Seen:
        name, tensors = self._look.name, self._tensors
        record = tensors.named(name)
        read = tensors.read if tensors.read is not None and tensors.read.name == name else None
        if record is None and read is not None:
            record = read.record
        before = tensors.before.get(name) if tensors.before is not None and record is not None else None
        return Seen(record, before if record and record.changed else None, read, tensors.measured.get(name))

    @property
    def _read(self) -> TensorRead | None:
        """The last answer, where it has a slice."""
        read = self._seen().read
        return read if read is not None and read.lengths else None

    @property
    def _colours(self) -> bool:
        return not self.app.no_color

    def _ask(self) -> None:
        look = self._look
        if not look.name or not self.size:
            return
        rows, columns = self._window()
        request = ReadTensorRequest(
            request_id=0, name=look.name, at=look.at, axes=look.axes, rows=rows, columns=columns, overview=look.overview
        )
        self.post_message(self.Asked(request))
        self._changed()

    def _window(self) -> tuple[int, int]:
        """Rows and columns of elements that fit."""
        return window_size(self._seen(), *self.size, overview=self._look.overview, colours=self._colours)

    def _go(self, look: Look) -> None:
        if look != self._look:
            self._look = look
            self._ask()

    def action_move(self, direction: int, by: int) -> None:
        """One element down (0) or across (1)."""
        read = self._read
        if read is None or not read.axes or self._look.overview:
            return
        if len(read.axes) == 1:
            # One axis is folded into rows: down is a row further.
            (axis,) = read.axes
            by = by * len(read.elements[0]) if direction == 0 and read.elements else by
        else:
            axis = read.axes[direction]
        self._go(self._look.moved(read.lengths, axis, by))

    def action_page(self, by: int) -> None:
        """A screenful down."""
        read = self._read
        if read is not None:
            # At the end fewer rows are there than fit.
            self.action_move(0, by * max(1, self._window()[0] - 1))

    def action_first(self) -> None:
        """To the first element of the plane."""
        self._go_to_end(0)

    def action_last(self) -> None:
        """To the last one."""
        self._go_to_end(1)

    def _go_to_end(self, end: int) -> None:
        read = self._read
        if read is None or self._look.overview:
            return
        at = list(read.at)
        for axis in read.axes:
            shown = len(read.elements) if axis == read.axes[0] and len(read.axes) == 2 else 1
            at[axis] = max(0, read.lengths[axis] - shown) if end else 0
        self._go(replace(self._look, at=tuple(at)))

    def action_plane(self, by: int) -> None:
        """To the next plane along the axis that is chosen for it."""
        read = self._read
        axis = moving_axis(self._look, read) if read is not None else None
        if read is not None and axis is not None:
            self._go(self._look.moved(read.lengths, axis, by))

    def action_next_axis(self) -> None:
        """Chooses another axis for going from plane to plane."""
        read = self._read
        if read is None:
            return
        fixed = [axis for axis in range(len(read.lengths)) if axis not in read.axes]
        if fixed:
            at = fixed.index(moving_axis(self._look, read) or fixed[0]) if moving_axis(self._look, read) in fixed else 0
            self._look = replace(self._look, axis=fixed[(at + 1) % len(fixed)])
            self._changed()

    def action_turn(self) -> None:
        """Rows become columns."""
        read = self._read
        if read is not None and len(read.axes) == 2:
            self._go(replace(self._look, axes=(read.axes[1], read.axes[0])))

    def action_next_axes(self) -> None:
        """Another pair of axes."""
        read = self._read
        if read is None or len(read.lengths) < 3:
            return
        rank = len(read.lengths)
        pairs = [(down, across) for down in range(rank) for across in range(down + 1, rank)]
        now = (min(read.axes), max(read.axes))
        self._go(replace(self._look, axes=pairs[(pairs.index(now) + 1) % len(pairs)]))

    def action_map(self) -> None:
        """Numbers or a heat map."""
        self._go(replace(self._look, overview=not self._look.overview))

    def action_measure(self) -> None:
        """Statistics of all elements."""
        self.post_message(self.Asked(MeasureTensorRequest(request_id=0, name=self._look.name)))

    def action_leave(self) -> None:
        """Back to the list."""
        self.post_message(self.Left())

    # --- drawing ------------------------------------------------------------------------------------------------

    def _changed(self) -> None:
        self._rows = None
        self.refresh()

    def render(self) -> RenderResult:
        """Not used: rows are drawn one by one."""
        return ""

    def render_line(self, y: int) -> Strip:
        """Row ``y``."""
        if self._rows is None:
            self._rows = tensor_rows(self._look, self._seen(), *self.size, colours=self._colours)
        row = self._rows[y] if y < len(self._rows) else []
        return palette_of(self.app).strip(row, self.size.width, self.rich_style)

    def on_resize(self) -> None:
        """There is room for more, or for less."""
        self._ask()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Three rows a notch; of a map, the next plane."""
        event.stop()
        self._scroll(1, across=event.shift)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Three rows a notch; of a map, the plane before."""
        event.stop()
        self._scroll(-1, across=event.shift)

    def _scroll(self, by: int, *, across: bool) -> None:
        if self._look.overview:
            self.action_plane(by)
        else:
            self.action_move(int(across), 3 * by)
