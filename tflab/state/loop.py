"""The training loop of the running cell as it is steered, and its knobs."""

from __future__ import annotations

from dataclasses import dataclass, field

from tflab.protocol.steering import Knob, KnobTurned, LoopAction, LoopPaused

MOST_TURNS = 1000


@dataclass
class Loop:
    """What is known of the loop."""

    version: int = 0
    paused: LoopPaused | None = None
    """Where it waits; None while it runs."""
    wish: LoopAction | None = None
    """What was asked of it and has not happened yet."""
    knobs: tuple[Knob, ...] = ()
    turns: list[KnobTurned] = field(default_factory=list)
    """What was changed from outside since the session began, oldest first."""

    def asked(self, action: LoopAction) -> None:
        """The lab asked for ``action``."""
        self.wish = action
        self.version += 1

    def waits(self, at: LoopPaused) -> None:
        """It has come to a stop."""
        self.paused, self.wish = at, None
        self.version += 1

    def runs(self) -> None:
        """It goes on, or there is none any more."""
        self.paused = None
        if self.wish != "stop":
            self.wish = None
        self.version += 1

    def ends(self) -> None:
        """Its cell has ended."""
        self.paused = self.wish = None
        self.version += 1

    def offers(self, knobs: tuple[Knob, ...]) -> None:
        """These are the knobs now."""
        self.knobs = knobs
        self.version += 1

    def turned(self, turn: KnobTurned) -> None:
        """A knob has another value."""
        if len(self.turns) < MOST_TURNS:
            self.turns.append(turn)
        self.version += 1
