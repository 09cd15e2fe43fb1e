"""English: isolation and permissions (keys ``sandbox.*``)."""

from typing import Final

MESSAGES: Final[dict[str, str]] = {
    "sandbox.protected.is": "is {what}",
    "sandbox.protected.contains": "contains {what}",
    "sandbox.protected.inside": "is part of {what}",
    "sandbox.protected.home": "your home folder",
    "sandbox.protected.temporary": "the system's temporary files",
    "sandbox.protected.environment": "the Python environment",
    "sandbox.protected.code": "tflab's own code",
    "sandbox.protected.state": "what tflab keeps for you",
    "sandbox.note.only_file": (
        "Of {folder}, which {reason}, only {file} is read and nothing is written;"
        " --allow-read {folder} or --allow-write {folder} opens it."
    ),
    "sandbox.note.not_read": "Of {folder}, which {reason}, only {file} is read; --allow-read {folder} opens it.",
    "sandbox.note.not_written": ("Nothing is written in {folder}, which {reason}; --allow-write {folder} opens it."),
    "sandbox.note.foreign": (
        "{folder} belongs to another user, and a session started by root gives up root's rights:"
        " it cannot write there (--no-sandbox keeps them)."
    ),
    "sandbox.opened_by_permission": "opened by a permission",
    "sandbox.missing.limits": "no limits on memory and files",
    "sandbox.missing.files-read": "other files can be read",
    "sandbox.missing.files-write": "other files can be written",
    "sandbox.missing.network": "the network is open",
    "sandbox.missing.memory": "other processes' memory can be read",
    "sandbox.missing.privileges": "rights of the system administrator are kept",
    "sandbox.missing.descriptors": "files of the lab are open in the session",
    "sandbox.missing.environment": "environment variables leak in",
    "sandbox.missing.signals": "other processes can be signalled",
    "sandbox.missing.metadata": "times and modes of other files can be changed",
    "sandbox.missing.kernel": "rarely used parts of the kernel can be reached",
    "sandbox.means.limits": "a session cannot take much more memory than it may, fill the disk or leave memory dumps",
    "sandbox.means.files-read": "a session reads what it was given, none of your other files",
    "sandbox.means.files-write": "a session writes where it was allowed to, and changes none of your other files",
    "sandbox.means.network": "no network, not even the services of this machine",
    "sandbox.means.memory": "the memory of your other programs cannot be read",
    "sandbox.means.privileges": "no administrator's rights, and no program that brings them back",
    "sandbox.means.descriptors": "nothing that the lab has open is open in a session",
    "sandbox.means.environment": "of your environment variables only harmless ones get in: no tokens, no passwords",
    "sandbox.means.signals": "your other programs cannot be stopped or ended",
    "sandbox.means.metadata": "modes, owners and times of your other files cannot be changed",
    "sandbox.means.kernel": "rarely used parts of the kernel are closed",
    "sandbox.means.private-temporary": "/tmp is the session's own: hard-coded paths in it work",
    "sandbox.means.shared-memory": "/dev/shm is the session's own: multiprocessing.shared_memory works",
    "sandbox.better.limits": "This user's hard limits stand in the way (ulimit -aH), or this is not Linux.",
    "sandbox.better.files-read": (
        "Needs Landlock: Linux 5.13 or newer with landlock in lsm= on the kernel's command line; under WSL2 run"
        " wsl --update; in a container use a runtime that allows it (Docker 23 or newer)."
    ),
    "sandbox.better.files-write": (
        "Needs Landlock: Linux 5.13 or newer with landlock in lsm= on the kernel's command line; under WSL2 run"
        " wsl --update; in a container use a runtime that allows it (Docker 23 or newer)."
    ),
    "sandbox.better.network": "Needs seccomp: a Linux kernel with CONFIG_SECCOMP_FILTER, on x86_64 or aarch64.",
    "sandbox.better.memory": "Needs Landlock (Linux 5.13 or newer) and seccomp.",
    "sandbox.better.privileges": "Needs Linux; do not start tflab as root where that can be avoided.",
    "sandbox.better.descriptors": "Please report this: tflab should have closed them.",
    "sandbox.better.environment": "Please report this: tflab should have left them out.",
    "sandbox.better.signals": "Needs Landlock 6: Linux 6.12 or newer.",
    "sandbox.better.metadata": "Needs user namespaces, or seccomp.",
    "sandbox.better.kernel": "Needs seccomp: a Linux kernel with CONFIG_SECCOMP_FILTER, on x86_64 or aarch64.",
    "sandbox.better.private-temporary": (
        "Needs user namespaces for everybody: on Ubuntu sysctl kernel.apparmor_restrict_unprivileged_userns=0, on"
        " Debian kernel.unprivileged_userns_clone=1; in a container a seccomp profile that allows unshare and mount."
    ),
    "sandbox.better.shared-memory": (
        "Needs user namespaces for everybody: on Ubuntu sysctl kernel.apparmor_restrict_unprivileged_userns=0, on"
        " Debian kernel.unprivileged_userns_clone=1; in a container a seccomp profile that allows unshare and mount."
    ),
    "sandbox.level.none": "nothing is held back; run only code that you trust",
    "sandbox.level.limits": "only memory and file sizes are limited; run only code that you trust",
    "sandbox.level.files": "your files are protected; the network or other programs are not",
    "sandbox.level.good": "files, network and memory are protected, with the gaps marked below",
    "sandbox.level.full": "files, network, other programs and the kernel are protected",
    "sandbox.doctor.help": "Tell what works here: TensorFlow, devices, isolation (measured), terminal.",
    "sandbox.doctor.help.json": "The whole report as JSON.",
    "sandbox.doctor.loading": "Loading {stage} ({percent}) ...",
    "sandbox.doctor.too_slow": "TensorFlow was not loaded after {seconds} seconds.",
    "sandbox.doctor.python_unsupported": "tflab needs Python 3.10 to 3.13",
    "sandbox.doctor.session_line": "{tensorflow}, Keras {keras}; loaded in {load} s, then a session in {start} s",
    "sandbox.doctor.memory_line": "{memory} GiB{limited}; a session may use {session} GiB (--memory)",
    "sandbox.doctor.kernel_line": "Landlock {landlock}, seccomp: {seccomp}, user namespaces: {namespaces}",
    "sandbox.doctor.observed": "seen: {observed}",
    "sandbox.doctor.keyboard": "shift+enter: {answer}",
    "sandbox.doctor.colours.none": "no colours",
    "sandbox.doctor.colours.16": "16 colours",
    "sandbox.doctor.colours.256": "256 colours",
    "sandbox.doctor.colours.truecolor": "true colour",
    "sandbox.doctor.label.tflab": "tflab",
    "sandbox.doctor.label.system": "System",
    "sandbox.doctor.label.python": "Python",
    "sandbox.doctor.label.tensorflow": "TensorFlow",
    "sandbox.doctor.label.devices": "Devices",
    "sandbox.doctor.label.memory": "Memory",
    "sandbox.doctor.label.terminal": "Terminal",
    "sandbox.doctor.label.isolation": "Isolation",
    "sandbox.doctor.word.yes": "yes",
    "sandbox.doctor.word.no": "no",
    "sandbox.doctor.word.unknown": "unknown",
    "sandbox.doctor.word.container": "in a container",
    "sandbox.doctor.word.machine": "the machine",
    "sandbox.doctor.word.tensorflow": "TensorFlow",
    "sandbox.doctor.word.limited": "limited by a cgroup",
    "sandbox.doctor.word.unicode": "Unicode",
    "sandbox.doctor.word.no_unicode": "no Unicode",
    "sandbox.doctor.word.no_terminal": "not a terminal now",
    "sandbox.doctor.word.comfort": "beside the levels",
}
