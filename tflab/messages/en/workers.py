"""English: several workers, in `tflab run --workers` and `tflab attach` (keys ``cli.workers.*`` and such)."""

from typing import Final

MESSAGES: Final[dict[str, str]] = {
    "cli.help.option.workers": "Start this many workers on this machine, which train together by tf.distribute.MultiWorkerMirroredStrategy.",
    "cli.help.option.meet": "With --workers: end them when they have waited this long for one that does not come; 120 by default.",
    "cli.wrong.workers": "at most {most} workers can be started on one machine",
    "cli.wrong.meet": "--meet is for workers that wait for one another: give --workers, too",
    "cli.workers.title": "{name}, worker {worker}",
    "cli.workers.no_ports": "no ports are free for the workers: {reason}",
    "cli.workers.no_door": "tflab: worker {worker} cannot be watched by `tflab attach`: {reason}",
    "cli.workers.shared_loopback": "tflab: this system gives the workers no network of their own: while they run, TensorFlow listens at their ports on every address of this machine",
    "cli.workers.few_gpus": "tflab: fewer GPUs ({gpus}) than workers ({workers}): as one training needs the same devices in each, all of them compute on the processor; --workers {gpus} uses the GPUs",
    "cli.workers.gpus": "tflab: GPUs of each worker: {each}; unused: {unused}",
    "cli.workers.ended": "worker {worker} has ended with status {status}; those that would wait for it are ended, too: {others}",
    "cli.workers.released": "workers that have ended: {workers}",
    "cli.workers.left_waiting": "worker {worker} waited in a collective operation{place} for workers that have ended: {workers}; let all workers take the same number of steps",
    "cli.workers.in_line": " (line {line})",
    "cli.workers.never_joined": "worker {worker} has ended without having joined the cluster, and these would wait for it for ever: {others}",
    "cli.workers.never_came": "workers that have not come to their MultiWorkerMirroredStrategy in {seconds} s: {worker}; these waited for them and are ended: {others}",
    "cli.workers.never_met": "the workers have not found one another in {seconds} s",
    "cli.wrong.attach_gone": "the process called {name} was ended without a farewell (killed, say); its door is taken away",
    "ui.watch.awaits": "waits for the other workers of its cluster ({count})",
    "ui.key.next_process": "Next process",
}
