"""One problem, before it is put into words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tflab.messages import has_text, text
from tflab.protocol.events import ProblemEdit, ProblemFound, Severity
from tflab.session.diagnosis.lessons import lesson_of


@dataclass(frozen=True)
class Finding:
    """A problem at a place of the learner's code.

    The sentences are ``diagnosis.CODE[.VARIANT]`` (what is wrong), with ``.fix`` (what to write instead) and, where
    there is one, ``.seen`` (what showed it), in the language in use.
    """

    code: str
    place: tuple[str, int] | None
    """File, as Python names it, and line; None where the learner's code has no part in it."""
    values: Mapping[str, object] = field(default_factory=dict)
    """What the sentences name."""
    cause: str | None = None
    variant: str = ""
    """Which of the sentences of the code is said."""
    words: str = ""
    """In the place of the code, where several codes share their sentences."""
    severity: Severity = "error"
    edit: ProblemEdit | None = None
    """The mend, where it is mechanical; its line counts in the file of ``place``."""
    seen: str = ""
    """The evidence, where the rule puts it into words by itself."""
    said_by: str = ""
    """The message of TensorFlow or Python that this explains."""
    advice: str = ""
    """One more sentence of the message."""
    unexplained: bool = False
    """As in `ProblemFound`."""
    subject: str = ""
    """What tells it from another finding of the same code and cause at the same place."""

    @property
    def key(self) -> str:
        """The key of what is wrong."""
        words = self.words or self.code
        return f"diagnosis.{words}" + (f".{self.variant}" if self.variant else "")

    @property
    def identity(self) -> tuple[object, ...]:
        """Equal for two findings of the same thing."""
        return (self.code, self.cause, self.place, self.subject)

    def event(self, cell: int | None, file: str) -> ProblemFound:
        """The finding in words; ``file`` is what its file is called in events."""
        evidence = self.seen
        if not evidence and has_text(self.key + ".seen"):
            evidence = text(self.key + ".seen", **self.values)
        return ProblemFound(
            cell=cell,
            code=self.code,
            cause=self.cause,
            severity=self.severity,
            file=file,
            line=None if self.place is None else self.place[1],
            message=" ".join(filter(None, (text(self.key, **self.values), self.advice))),
            fix=text(self.key + ".fix", **self.values),
            evidence=evidence or (text("diagnosis.tensorflow-says", message=self.said_by) if self.said_by else ""),
            lesson=lesson_of(self.code, self.cause),
            edit=self.edit,
            unexplained=self.unexplained,
        )
