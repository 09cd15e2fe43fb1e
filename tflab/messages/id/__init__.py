"""Indonesian."""

from typing import Final

from tflab.messages.id import (
    cells,
    check,
    cli,
    client,
    course,
    curriculum,
    derivatives,
    diagnosis,
    editor,
    graphs,
    plain,
    probe,
    runs,
    sandbox,
    ui,
    workers,
)

MESSAGES: Final[dict[str, str]] = {
    **cells.MESSAGES,
    **check.MESSAGES,
    **cli.MESSAGES,
    **client.MESSAGES,
    **course.MESSAGES,
    **curriculum.MESSAGES,
    **diagnosis.MESSAGES,
    **editor.MESSAGES,
    **derivatives.MESSAGES,
    **graphs.MESSAGES,
    **plain.MESSAGES,
    **probe.MESSAGES,
    **runs.MESSAGES,
    **sandbox.MESSAGES,
    **ui.MESSAGES,
    **workers.MESSAGES,
}
