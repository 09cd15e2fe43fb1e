"""A mount namespace of the session's own, inside a user namespace of its own: private /tmp and /dev/shm, and
everything read-only but what may be written, so that not even times and modes change outside.

Many systems forbid user namespaces, and some let them be made but give no rights in them. What was unshared cannot
be taken back, so `works` tries all of it in a throwaway process first.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import socket
import stat
import struct
from collections.abc import Callable, Sequence
from typing import Final

from tflab.session.sandbox.syscalls import call, machine, mount, write_setting

_CLONE_NEWNS, _CLONE_NEWIPC, _CLONE_NEWUSER, _CLONE_NEWNET = 0x00020000, 0x08000000, 0x10000000, 0x40000000
_MS_NOSUID, _MS_NODEV, _MS_BIND, _MS_REC, _MS_PRIVATE = 2, 4, 0x1000, 0x4000, 0x40000
_AT_FDCWD, _AT_RECURSIVE = -100, 0x8000
_MOUNT_ATTR_RDONLY = 1

_SIOCGIFFLAGS, _SIOCSIFFLAGS, _IFF_UP = 0x8913, 0x8914, 1
_INTERFACE: Final = struct.Struct("16sH22x")
"""``struct ifreq``: a name and flags."""

TEMPORARY: Final = "/tmp"
SHARED_MEMORY: Final = "/dev/shm"


def is_below(path: str, folder: str) -> bool:
    """Whether ``path`` is ``folder`` or lies in it; both real paths."""
    return path == folder or path.startswith(folder.rstrip("/") + "/")


def _become_owner(namespaces: int) -> None:
    """A new user namespace and ``namespaces`` in it; the user keeps its own id and gets every right inside. Raises
    OSError."""
    user, group = os.geteuid(), os.getegid()
    call("unshare", _CLONE_NEWUSER | namespaces)
    for name, content in (("setgroups", "deny"), ("uid_map", f"{user} {user} 1"), ("gid_map", f"{group} {group} 1")):
        write_setting(f"/proc/self/{name}", content)


def _enter() -> None:
    """New user, mount and IPC namespaces. Raises OSError."""
    _become_owner(_CLONE_NEWNS | _CLONE_NEWIPC)
    mount("none", "/", None, _MS_REC | _MS_PRIVATE)


def _set_attributes(path: str, *, add: int = 0, clear: int = 0, recursive: bool = True) -> None:
    attributes = struct.pack("<QQQQ", add, clear, 0, 0)
    buffer = ctypes.create_string_buffer(attributes, len(attributes))
    flags = _AT_RECURSIVE if recursive else 0
    call("mount_setattr", _AT_FDCWD, os.fsencode(path), flags, ctypes.byref(buffer), len(attributes))


def _make_writable(path: str) -> None:
    try:
        _set_attributes(path, clear=_MOUNT_ATTR_RDONLY)
    except OSError:
        # Something mounted further below was read-only from the start and stays so.
        _set_attributes(path, clear=_MOUNT_ATTR_RDONLY, recursive=False)


def _bind(source: str, target: str) -> None:
    mount(source, target, None, _MS_BIND | _MS_REC)


def _outermost(paths: Sequence[str]) -> list[str]:
    """``paths`` without those that lie below another one."""
    kept: list[str] = []
    for path in sorted(set(paths)):
        if not any(is_below(path, other) for other in kept):
            kept.append(path)
    return kept


def _make_place(path: str, is_folder: bool) -> None:
    """Something to mount on."""
    if is_folder:
        os.makedirs(path, exist_ok=True)
        return
    os.makedirs(os.path.dirname(path), exist_ok=True)
    os.close(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_CLOEXEC, 0o600))


def _cover_temporary(private: str, visible: Sequence[str]) -> None:
    """Puts the folder ``private`` over /tmp; ``visible`` paths below /tmp stay where they are.

    A visible path may lead through symbolic links in /tmp; then a link stands in its place.
    """
    links = [(path, os.path.realpath(path)) for path in visible if os.path.realpath(path) != path]
    visible = [os.path.realpath(path) for path in visible if is_below(os.path.realpath(path), TEMPORARY)]
    opened = [(path, os.open(path, os.O_PATH | os.O_CLOEXEC)) for path in _outermost(visible) if os.path.lexists(path)]
    try:
        mount(private, TEMPORARY, None, _MS_BIND)
        for path, descriptor in opened:
            _make_place(path, stat.S_ISDIR(os.fstat(descriptor).st_mode))
            _bind(f"/proc/self/fd/{descriptor}", path)
        for path, target in links:
            if not os.path.lexists(path):
                os.makedirs(os.path.dirname(path), exist_ok=True)
                os.symlink(target, path)
    finally:
        for _, descriptor in opened:
            os.close(descriptor)


def covered_by(granted: Sequence[str]) -> tuple[str, ...]:
    """Those of /tmp and /dev/shm that become private: no path in ``granted`` is or contains them."""
    return tuple(
        place
        for place in (TEMPORARY, SHARED_MEMORY)
        if os.path.isdir(place) and not any(is_below(place, os.path.realpath(path)) for path in granted)
    )


def make_private(*, temporary: str, readable: Sequence[str], writable: Sequence[str], shared_memory: int) -> None:
    """Moves this single-threaded process into namespaces of its own.

    ``temporary`` becomes /tmp, /dev/shm an empty one of at most ``shared_memory`` bytes; ``readable`` and
    ``writable`` below /tmp stay visible. All but ``writable`` and those two is read-only from here on.
    A path in either list that is or contains /tmp or /dev/shm leaves that one as it is. Raises OSError.
    """
    granted = [*readable, *writable]
    places = [path for path in _outermost([os.path.realpath(path) for path in writable]) if os.path.lexists(path)]
    covered = covered_by(granted)
    _enter()
    if TEMPORARY in covered:
        _cover_temporary(temporary, [path for path in granted if is_below(path, TEMPORARY)])
    if SHARED_MEMORY in covered:
        mount("tmpfs", SHARED_MEMORY, "tmpfs", _MS_NOSUID | _MS_NODEV, f"size={shared_memory},mode=1777")
    if "/" in places:
        return
    for path in places:
        # A mount of its own can be writable where what it lies in is not.
        _bind(path, path)
    _set_attributes("/", add=_MOUNT_ATTR_RDONLY)
    for path in covered:
        # Not what shows through in it: that may be there for reading only.
        _set_attributes(path, clear=_MOUNT_ATTR_RDONLY, recursive=False)
    for path in places:
        _make_writable(path)


def _succeeds(action: Callable[[], None]) -> bool:
    """Whether ``action`` goes well in a throwaway process."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            action()
            status = 0
        finally:
            os._exit(status)
    _, status = os.waitpid(child, 0)
    return status == 0


def _attempt() -> None:
    _enter()
    mount("tmpfs", SHARED_MEMORY, "tmpfs", _MS_NOSUID | _MS_NODEV, "size=1m,mode=1777")
    _set_attributes("/", add=_MOUNT_ATTR_RDONLY)
    _make_writable(SHARED_MEMORY)
    os.close(os.open(f"{SHARED_MEMORY}/try", os.O_CREAT | os.O_WRONLY, 0o600))


def works() -> bool:
    """Whether `make_private` can work here: a try in a throwaway process, some milliseconds."""
    if machine() is None or not os.path.exists("/proc/self/ns/user"):
        return False
    try:
        return _succeeds(_attempt)
    except OSError:
        return False


def _have_own_loopback() -> None:
    _become_owner(_CLONE_NEWNET)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        request = bytearray(_INTERFACE.pack(b"lo", 0))
        fcntl.ioctl(any_socket, _SIOCGIFFLAGS, request)
        _, flags = _INTERFACE.unpack(request)
        fcntl.ioctl(any_socket, _SIOCSIFFLAGS, _INTERFACE.pack(b"lo", flags | _IFF_UP))


def take_own_loopback() -> bool:
    """Moves this single-threaded process, and all that it forks, to a network that is one loopback interface.

    Whether that went well; what must not fail half-way is tried in a throwaway process first.
    """
    if machine() is None or not os.path.exists("/proc/self/ns/net"):
        return False
    try:
        if not _succeeds(_have_own_loopback):
            return False
        _have_own_loopback()
    except OSError:
        return False
    return True
