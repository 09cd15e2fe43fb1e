"""English: isolation and permissions (keys ``sandbox.*``)."""

from typing import Final

MESSAGES: Final[dict[str, str]] = {
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
