"""The allow-list of files: what every session may read, beside what its permissions name.

Nothing here grants the home folder, /tmp, or tflab's state: a folder that holds one of them is split into its other
entries.
"""

from __future__ import annotations

import os
import site
import sys
from collections.abc import Iterable
from functools import cache
from typing import Final

from tflab.protocol.server import Permissions
from tflab.session.sandbox.landlock import DEVICE, EXECUTE, READ, WRITE, Grant
from tflab.session.sandbox.namespaces import is_below

SYSTEM: Final = (
    "/usr",
    "/lib",
    "/lib32",
    "/lib64",
    "/libx32",
    "/bin",
    "/sbin",
    "/opt",
    "/nix/store",
    "/gnu/store",
)
CONFIGURATION: Final = tuple(
    f"/etc/{name}"
    for name in (
        "OpenCL",
        "alternatives",
        "ca-certificates.conf",
        "fonts",
        "group",
        "host.conf",
        "hosts",
        "inputrc",
        "ld.so.cache",
        "ld.so.conf",
        "ld.so.conf.d",
        "ld.so.preload",
        "locale.alias",
        "locale.conf",
        "localtime",
        "magic",
        "matplotlibrc",
        "mime.types",
        "nsswitch.conf",
        "nvidia",
        "os-release",
        "passwd",
        "pki/tls",
        "pki/ca-trust",
        "protocols",
        "python3",
        "services",
        "ssl/cert.pem",
        "ssl/certs",
        "ssl/openssl.cnf",
        "terminfo",
        "timezone",
        "vulkan",
    )
)
NETWORK_CONFIGURATION: Final = ("/etc/resolv.conf", "/etc/gai.conf", "/etc/hostname", "/run/systemd/resolve")
"""Granted with the network only."""
KERNEL: Final = (
    "/proc/self",
    "/proc/cpuinfo",
    "/proc/devices",
    "/proc/driver/nvidia",
    "/proc/filesystems",
    "/proc/loadavg",
    "/proc/meminfo",
    "/proc/modules",
    "/proc/stat",
    "/proc/sys/kernel",
    "/proc/sys/vm",
    "/proc/uptime",
    "/proc/version",
    "/proc/vmstat",
    "/proc/zoneinfo",
    "/sys/bus/node",
    "/sys/bus/pci",
    "/sys/class",
    "/sys/devices",
    "/sys/fs/cgroup",
    "/sys/kernel/mm",
    "/sys/module/nvidia",
    "/sys/module/nvidia_uvm",
)
DEVICES: Final = ("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom", "/dev/dxg")
DEVICE_PREFIX: Final = "nvidia"
"""What the names of NVIDIA's devices in /dev begin with."""
_PACKAGES: Final = ("site-packages", "dist-packages")


def package_folder() -> str:
    """tflab's own code; sessions import from it."""
    return os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__))))


def lesson_data() -> tuple[str, ...]:
    """Where the lessons' data can lie: in an installed package, in a checkout."""
    package = package_folder()
    return (os.path.join(package, "_lessons", "data"), os.path.join(os.path.dirname(package), "lessons", "data"))


def without(folder: str, hidden: Iterable[str]) -> list[str]:
    """``folder``, or where it holds something ``hidden``, those of its entries (of entries' entries, ...) that do not.

    Paths must be real. A folder that is itself hidden, or lies in something hidden, is given whole: who names it
    means it.
    """
    inside = [path for path in hidden if path != folder and is_below(path, folder)]
    if not inside:
        return [folder]
    try:
        entries = [entry.path for entry in os.scandir(folder) if not entry.is_symlink()]
    except OSError:
        return []
    return [path for entry in entries if entry not in inside for path in without(entry, inside)]


@cache
def system_folders(hidden: tuple[str, ...]) -> tuple[str, ...]:
    """The system's programs and libraries, but for what is ``hidden`` among them."""
    return tuple(part for folder in SYSTEM for part in without(os.path.realpath(folder), hidden))


def python_folders(hidden: tuple[str, ...]) -> tuple[str, ...]:
    """The Python installation, its environment, and what ``sys.path`` names, with the contract's exceptions.

    An entry of ``sys.path`` that is or contains something in ``hidden``, the environment or tflab's code is left out;
    site-packages stays readable.
    """
    return _python_folders(hidden, tuple(sys.path))


@cache
def _python_folders(hidden: tuple[str, ...], import_path: tuple[str, ...]) -> tuple[str, ...]:
    prefixes = {os.path.realpath(path) for path in (sys.prefix, sys.base_prefix, sys.exec_prefix, sys.base_exec_prefix)}
    folders = [part for prefix in sorted(prefixes) for part in without(prefix, hidden)]
    closed = [*hidden, *prefixes, package_folder()]
    user_packages = site.getusersitepackages() if site.ENABLE_USER_SITE else ""
    for entry in import_path:
        if not os.path.isabs(entry):
            continue
        path = os.path.realpath(entry)
        is_packages = os.path.basename(path) in _PACKAGES or path == user_packages
        if is_packages or not any(is_below(other, path) for other in closed):
            folders.append(path)
    bytecode = sys.pycache_prefix
    return (*folders, package_folder(), *([bytecode] if bytecode else []))


def _graphics_devices() -> list[str]:
    try:
        return [f"/dev/{name}" for name in os.listdir("/dev") if name.startswith(DEVICE_PREFIX)]
    except OSError:
        return []


def grants_for(
    permissions: Permissions, *, python: Iterable[str], hidden: tuple[str, ...], private: Iterable[str]
) -> list[Grant]:
    """Everything that a session with ``permissions`` may touch.

    ``python`` is `python_folders`. ``hidden`` are real paths never granted by way of something that contains them.
    ``private`` are folders that are the session's own here (a private /tmp).
    """
    readable = dict.fromkeys((*system_folders(hidden), *python))
    grants = [Grant(path, READ | EXECUTE) for path in readable]
    grants += [Grant(path, READ) for path in (*CONFIGURATION, *KERNEL, *lesson_data())]
    if permissions.network:
        grants += [Grant(path, READ) for path in NETWORK_CONFIGURATION]
    grants += [Grant(path, DEVICE) for path in (*DEVICES, *_graphics_devices())]
    grants += [Grant(path, READ | EXECUTE) for path in permissions.read]
    # What a session writes it may not execute, unless the same place is also granted for reading.
    grants += [Grant(path, READ | WRITE) for path in (permissions.scratch, *permissions.write, *private)]
    return grants
