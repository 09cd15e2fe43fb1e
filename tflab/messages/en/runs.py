"""English: kept runs (keys ``runs.*``)."""

from typing import Final

MESSAGES: Final[dict[str, str]] = {
    "runs.none": "no run has been kept yet: every cell that draws a curve becomes one",
    "runs.unknown": "there is no run {word}: `tflab runs` lists them",
    "runs.ambiguous": "{word} begins the names of {count} runs: write more of it",
    "runs.bad_name": "a run cannot be called {name}: begin with a letter or digit, no number alone, 60 characters at most",
    "runs.name_taken": "another run is called {name} already",
    "runs.one_at_a_time": "one of --name, --export and --delete at a time",
    "runs.name_one": "name one run: `tflab runs` lists them",
    "runs.name_some": "name the runs to delete: `tflab runs` lists them",
    "runs.space": "{used} of {most} MiB, in {folder}: `tensorboard --logdir` shows them, too",
    "runs.values": "{count} values",
    "runs.named": "{id} is called {name} now and stays until you delete it.",
    "runs.unnamed": "{id} has no name any more.",
    "runs.exported": "{id} was written to {path}.",
    "runs.deleted": "{id} is deleted.",
    "runs.not_written": "{path} cannot be written: {reason}",
    "runs.damaged": "the curves of {id} cannot be read: the file is damaged",
    "runs.unknown_form": "{path}: a run can be written as {forms}",
    "runs.summary": "tflab run {id}: {versions}",
    "runs.title": "Kept runs",
    "runs.keys": "Space compare  N name  W write  D delete  Esc done",
    "runs.ask_name": "a name, so that the run stays; empty takes it away",
    "runs.ask_file": "a file: .csv .svg .png .py .ipynb",
    "runs.delete_again": "D again deletes {id}.",
    "runs.curves_written": "The curves were written to {path}.",
}
