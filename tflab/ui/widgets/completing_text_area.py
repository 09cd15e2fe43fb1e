"""A text area that offers names at the cursor and says what the call around it takes.

It knows no names itself: it asks by messages, and `offer` and `show_call` bring the answers.
"""

from __future__ import annotations

from collections.abc import Sequence

from textual.message import Message

from tflab.ui.widgets import code_editing
from tflab.ui.widgets.completion_list import CompletionList, Offer
from tflab.ui.widgets.marked_text_area import MarkedTextArea
from tflab.ui.widgets.signature_hint import CallShape, SignatureHint


class CompletingTextArea(MarkedTextArea):
    """Names in a list beside the cursor, a signature above it; both are widgets that editors share."""

    class CompletionWanted(Message):
        """Which names could stand at the cursor?"""

        def __init__(self, source: str, position: int) -> None:
            super().__init__()
            self.source = source
            self.position = position

    class CallWanted(Message):
        """What does the call around the cursor take?"""

        def __init__(self, source: str, position: int) -> None:
            super().__init__()
            self.source = source
            self.position = position

    _completions: CompletionList
    _hint: SignatureHint
    _offer: Offer | None = None
    _asked_at = -1
    """Where the cursor was when it was last asked about the call around it."""

    @property
    def position(self) -> int:
        """Offset of the cursor in the source."""
        return code_editing.offset_of(self.document.lines, self.cursor_location)

    # --- names --------------------------------------------------------------------------------------------------

    def action_complete(self) -> None:
        """Asks what could stand at the cursor."""
        self.post_message(self.CompletionWanted(self.text, self.position))

    def offer(self, start: int, names: Sequence[tuple[str, str]], *, take_only: bool = True) -> None:
        """The answer: names for the word that begins at offset ``start``.

        The only one that fits is taken at once where ``take_only``.
        """
        self._offer = Offer(start, tuple(names))
        fitting = self._offer.fitting(self.text, self.position)
        if take_only and len(fitting) == 1 and start < self.position:
            self._take(fitting[0][0])
        else:
            self._show_fitting()

    def take(self) -> None:
        """The marked name takes the place of the word."""
        if self._completions.is_open:
            self._take(self._completions.chosen)

    @property
    def _word(self) -> str:
        """What is there of the word that is completed."""
        return self.text[self._offer.start : self.position] if self._offer else ""

    def _in_word(self, at: code_editing.Position) -> bool:
        before = self.document.get_line(at[0])[: at[1]]
        return before[-1:].isidentifier() or (before[-1:] == "." and before[-2:-1] not in ("", " ", "."))

    def _show_fitting(self) -> None:
        fitting = [] if self._offer is None else self._offer.fitting(self.text, self.position)
        if not fitting:
            self._offer = None
        self._completions.show(fitting, self.cursor_screen_offset)

    def _complete_by(self, key: str) -> bool:
        """Lets a key act on the list; False where it means what it always does."""
        if key in ("up", "down", "pageup", "pagedown"):
            self._completions.move({"up": -1, "down": 1, "pageup": -8, "pagedown": 8}[key])
        elif key == "escape":
            self._close_completions()
        elif key in ("enter", "tab"):
            if key == "enter" and self._word == self._completions.chosen:
                self._close_completions()
                return False
            self.take()
        else:
            return False
        return True

    def _take(self, name: str) -> None:
        if self._offer is not None:
            start = code_editing.position_of(self.document.lines, self._offer.start)
            self._close_completions()
            self.replace(name, start, self.cursor_location, maintain_selection_offset=False)
            self.move_cursor((start[0], start[1] + len(name)))

    def _close_completions(self) -> None:
        self._offer = None
        self._completions.show([], self.cursor_screen_offset)

    # --- the call -----------------------------------------------------------------------------------------------

    def show_call(self, call: CallShape | None) -> None:
        """What the call around the cursor takes; None where there is none."""
        self._hint.show(call, self.cursor_screen_offset, self.region)
        if call is not None and self._asked_at != self.position:
            # The cursor has gone on since the question.
            self._ask_about_call()

    def _ask_about_call(self) -> None:
        self._asked_at = self.position
        self.post_message(self.CallWanted(self.text, self.position))

    # --- following the cursor -----------------------------------------------------------------------------------

    def on_text_area_selection_changed(self) -> None:
        """The list follows the cursor while it is in the word, the signature while it is in the call."""
        if self._completions.is_open:
            self._show_fitting()
        if self._hint.is_open:
            self._ask_about_call()

    def on_text_area_changed(self) -> None:
        """A dot asks for what could follow it, a bracket for what belongs into it."""
        if not self.has_focus:
            return
        row, column = self.cursor_location
        before = self.document.get_line(row)[:column]
        if before.endswith(".") and before[-2:-1].isidentifier():
            self.action_complete()
        if before.endswith("(") and before[-2:-1].isidentifier():
            self._ask_about_call()

    def on_blur(self) -> None:
        """List and signature belong to the editor that has the keys."""
        if self._completions.is_open:
            self._close_completions()
        self.show_call(None)
