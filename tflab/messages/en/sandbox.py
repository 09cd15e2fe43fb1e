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
    "sandbox.missing.private-temporary": "no /tmp of its own",
    "sandbox.missing.shared-memory": "no /dev/shm of its own (multiprocessing queues fail)",
}
