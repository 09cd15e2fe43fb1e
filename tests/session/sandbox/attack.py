"""What an attack is: a few lines of hostile code, and how to tell that they got through.

The lines run in a session with these names: ``HOME`` (the user's home, with ``.ssh/id_rsa`` and ``.bashrc``),
``STATE`` (tflab's own notes), ``PROJECT`` (granted for reading), ``OUT`` (granted for writing), ``SCRATCH``,
``PACKAGES`` and ``CODE`` (Python's site-packages, tflab), ``MARK`` (a file name nobody else uses), ``SECRET`` (the text
in every secret place), ``VICTIM`` (the process id of another program of the same user), ``ADDRESS`` (of ``SECRET`` in
its memory), ``TCP``, ``TCP6``, ``UDP`` (ports that somebody listens on), ``STREAM``, ``DATAGRAM``, ``ABSTRACT`` (unix
sockets), ``SEGMENT``, ``QUEUE`` (System V keys), ``LEAKED`` (a descriptor of the lab), ``COMES`` (seconds to wait for
a signal to have its effect), and ``call`` (raw system calls).
``got(value)`` reports success where ``value`` is true; an exception, or silence, means that the attack was held.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal


@dataclass(frozen=True)
class Attack:
    """One way to hurt what is outside the session."""

    name: str
    code: str
    proves: str
    """What holds where this attack is held."""
    check: str = ""
    """An expression that the lab evaluates afterwards, with the same names: the harm as seen from outside."""
    only: Literal["", "root", "user"] = ""
    """Who can do it without a sandbox; both where empty."""
    needs: str = ""
    """What this machine must have for it to work without a sandbox: a key of `FACILITIES`."""
    permissions: dict[str, Any] = field(default_factory=dict)
    """What differs from the usual permissions."""


FACILITIES: dict[str, str] = {
    "ipv6": "got(socket.create_connection(('::1', TCP6), 2))",
    "xattr": "os.setxattr(SCRATCH, 'user.tflab', b'x'); got(True)",
    "keyring": "got(call('keyctl', 0, -3, 1) > 0)",
    "user namespaces": "call('unshare', 0x10000000); got(True)",
    "io_uring": "got(call('io_uring_setup', 2, ctypes.create_string_buffer(120)) >= 0)",
    "userfaultfd": "got(call('userfaultfd', 1) >= 0)",
    "pidfd_getfd": "got(call('pidfd_getfd', os.pidfd_open(os.getpid()), 0, 0) >= 0)",
    "alg sockets": "socket.socket(socket.AF_ALG, socket.SOCK_SEQPACKET); got(True)",
    "system v": "got(call('shmget', 0, 4096, 0o1600) >= 0)",
    "message queues": "got(call('mq_open', b'tflab-try', 0o102, 0o600, None) >= 0); call('mq_unlink', b'tflab-try')",
    "bash": "got(os.path.exists('/bin/bash'))",
    "32-bit calls": "got(machine_code(b'\\xb8\\x14\\x00\\x00\\x00\\xcd\\x80\\xc3') == os.getpid())",
    "typing into terminals": "import fcntl; fcntl.ioctl(2, 0x5412, b' '); got(True)",
    "block devices": "got(os.read(os.open(block_device(), os.O_RDONLY), 1))",
    "perf": "got(call('perf_event_open', perf_attributes(), 0, -1, -1, 0) >= 0)",
    "bpf": "got(call('bpf', 0, ctypes.create_string_buffer(struct.pack('<IIII', 2, 4, 4, 1) + bytes(104)), 120) >= 0)",
    "personality": "call('personality', 0x0040000); got(True)",
    "several processors": "got(len(os.sched_getaffinity(0)) > 1)",
}
"""Code that shows whether the machine has something, run without a sandbox."""
