"""English: what the editor says (keys ``ui.find.*``, ``ui.lint.*``, ``ui.edit.*``)."""

from typing import Final

MESSAGES: Final[dict[str, str]] = {
    # --- finding
    "ui.find.query": "find, or /a pattern/",
    "ui.find.replacement": "replace by, Enter one",
    "ui.find.line": "go to line",
    "ui.find.lines": "of {count} lines",
    "ui.find.nothing": "not found",
    "ui.find.all": "Alt+A all",
    # --- what a name is
    "ui.describe.unknown": "Nothing is known of what is at the cursor",
    "ui.describe.undocumented": "No documentation.",
    "ui.leaflet.scroll": "↑ ↓ scroll, any other key closes this",
    # --- the person's own editor
    "ui.external.none": "No editor found: say which by EDITOR=name",
    "ui.external.unreadable": "{variable} cannot be read: a quote is missing",
    "ui.external.fails": "{command} does not start: {reason}",
    "ui.external.gave_up": "{command} ended with status {status}: the code stays as it was",
    "ui.external.unreadable_file": "What the editor wrote is no text: the code stays as it was",
    "ui.external.no_terminal": "No other editor can be opened here",
    "ui.help.edit_outside": "your own $EDITOR",
    "ui.command.edit_outside": "Edit this step in your own editor ($EDITOR)",
    # --- progress
    "ui.status.left": "about {time} left",
    # --- modes
    "ui.command.switch_vim": "Vim keys in the editor, on or off",
    "ui.mode.normal": "NORMAL",
    "ui.mode.insert": "INSERT",
    "ui.mode.visual": "VISUAL",
    "ui.mode.visual-line": "VISUAL LINE",
    # --- looks
    "ui.command.switch_palette": "Switch colours for colour-blind eyes on or off",
    # --- keys
    "ui.help.find": "find; go to line",
    "ui.help.next_mark": "next marked line",
    "ui.help.describe": "what is at the cursor",
    "ui.command.describe": "Say what is at the cursor: parameters, documentation",
    "ui.help.format": "lay the code out",
    "ui.command.find": "Find and replace in the code",
    "ui.command.go_to_line": "Go to a line of the code",
    "ui.command.next_mark": "Go to the next marked line",
    "ui.command.format": "Lay the code of this step out",
    # --- diagnostics
    "ui.lint.nothing": "No marked line",
    "ui.lint.syntax": "not valid Python: {message}",
    "ui.lint.F401": "{name} is imported and never used",
    "ui.lint.F811": "{name} is defined again before it is used",
    "ui.lint.F821": "{name} is defined nowhere",
    "ui.lint.F841": "{name} is assigned and never used",
    "ui.lint.B006": "this default value is shared by all calls: use None",
    "ui.lint.E711": "compare with None by `is`",
    "ui.lint.E712": "no comparison with True or False is needed",
    "ui.lint.E722": "this except also catches Ctrl+C: name the exception",
    "client.ruff.syntax": "The code cannot be laid out: line {line} is not valid Python ({message})",
    "client.ruff.missing": "The code cannot be laid out: Ruff does not run here",
}
