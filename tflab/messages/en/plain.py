"""English: the lab in plain lines (keys ``plain.*``)."""

from typing import Final

MESSAGES: Final[dict[str, str]] = {
    "plain.welcome": "tflab, plain text. {title}. Type help for the commands, quit to leave.",
    "plain.prompt": "step {step}> ",
    "plain.step": "Step {step} of {steps}",
    "plain.no_steps": "There is no code to step through here.",
    "plain.no_step": "There is no such step: there are {count}.",
    "plain.code": "Code:",
    "plain.unchanged": "The code stays as it was.",
    "plain.no_line": "There is no line {line}: there are {count}.",
    "plain.which_line": "Say which line: {kind} 3",
    "plain.nothing_to_undo": "Nothing to undo.",
    "plain.unknown": "There is no command {word}. Type help for all of them.",
    "plain.no_lesson": "There is no lesson {word}. Type lessons for all of them.",
    "plain.opened": "{title}",
    "plain.lesson.done": "done",
    "plain.lesson.started": "begun",
    "plain.lesson.new": "not begun",
    "plain.loading": "TensorFlow is loading. The step runs as soon as it is there.",
    "plain.interrupting": "Stopping. Ctrl+C again restarts the session.",
    "plain.restarting": "Restarting the session.",
    "plain.overdue": "It does not stop. Ctrl+C restarts the session.",
    "plain.fresh": "A fresh session, in which nothing has run.",
    "plain.ended": "Step {step} {status} after {time}",
    "plain.problem": "Problem: {message} Type problems for the mend.",
    "plain.checking": "Checking.",
    "plain.range": "from {least} to {most}",
    "plain.mean": "mean {mean}",
    "plain.changed": "changed by the last run",
    "plain.trace": "{function}, trace {ordinal}",
    "plain.curve": "{name}: first {first}, now {last} at {axis} {step}, between {least} and {most}",
    "plain.help": """\
Commands; a few letters are enough, Enter alone goes to the next step.
next, previous, go 3: another step
read: this step once more; code: its code
run, or r: runs this step; all: all steps up to it; restart: a fresh session
edit, or e: the code in your own editor ($EDITOR)
set 3 TEXT, insert 3 TEXT, delete 3 or 3-5: lines by number; undo; reset: the step's own code
check, or x: checks the exercise; hint; solution
tensors, gradients, traces, curves, devices, problems: what the session holds and did
lessons: all lessons; open 14: another one
quit: ends, everything is kept""",
    "cli.wrong.plain_first": "write `tflab {command} --plain` for a lesson in plain lines",
    "cli.help.option.plain": "Plain lines instead of the full screen: for screen readers and simple terminals.",
}
