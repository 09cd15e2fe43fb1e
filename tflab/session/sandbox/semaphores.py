"""Semaphores for multiprocessing where a session has no /dev/shm.

Python keeps the locks of `multiprocessing` (queues, pools, and with them the workers of ``keras.utils.PyDataset``) as
files in /dev/shm, which a session may only have for itself. Where it cannot, the same POSIX semaphores lie in memory
that a process shares with what it forks: all that Linux needs, but for programs started afresh (``spawn``).
"""

from __future__ import annotations

import ctypes
import errno
import importlib
import mmap
import os
import threading
import time
from typing import Any, Final

from tflab.session.sandbox.syscalls import libc

_RECURSIVE_MUTEX: Final = 0
_LARGEST_VALUE: Final = 2**31 - 1


class _Time(ctypes.Structure):
    _fields_ = (("seconds", ctypes.c_long), ("nanoseconds", ctypes.c_long))


class SharedSemaphore:
    """Stands in for ``_multiprocessing.SemLock``, whose names and behaviour it has to have."""

    SEM_VALUE_MAX = _LARGEST_VALUE

    def __init__(self, kind: int, value: int, maxvalue: int, name: str, unlink: bool) -> None:
        if not 0 <= value <= maxvalue <= _LARGEST_VALUE:
            raise ValueError("invalid value")
        if not unlink:
            # Somebody wants to find it by its name, in a program started afresh.
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), f"/dev/shm{name}")
        self.kind = kind
        self.maxvalue = maxvalue
        self.name = None
        # Anonymous and shared: what is forked from here sees the same page.
        self._page = mmap.mmap(-1, mmap.PAGESIZE)
        self._semaphore = ctypes.byref(ctypes.c_char.from_buffer(self._page))
        self.handle = ctypes.addressof(ctypes.c_char.from_buffer(self._page))
        self._held = 0
        self._holder = 0
        self._call("sem_init", 1, value)

    def _call(self, function: str, *arguments: Any) -> None:
        if getattr(libc, function)(self._semaphore, *arguments) != 0:
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number))

    def acquire(self, block: bool = True, timeout: float | None = None) -> bool:
        """Takes one, waiting for it where ``block``, at most ``timeout`` seconds."""
        if self.kind == _RECURSIVE_MUTEX and self._is_mine():
            self._held += 1
            return True
        deadline = None if timeout is None else time.time() + max(timeout, 0)
        # Python's own signal handlers run between two tries.
        while not self._try_to_take(block, deadline):
            if not block or (deadline is not None and time.time() >= deadline):
                return False
        self._held += 1
        self._holder = threading.get_ident()
        return True

    def _try_to_take(self, block: bool, deadline: float | None) -> bool:
        try:
            if not block:
                self._call("sem_trywait")
            elif deadline is None:
                self._call("sem_wait")
            else:
                until = _Time(int(deadline), int(deadline % 1 * 1e9))
                self._call("sem_timedwait", ctypes.byref(until))
        except OSError as error:
            if error.errno in (errno.EAGAIN, errno.EINTR, errno.ETIMEDOUT):
                return False
            raise
        return True

    def release(self) -> None:
        """Gives one back. Raises AssertionError or ValueError where that cannot be right."""
        if self.kind == _RECURSIVE_MUTEX:
            if not self._is_mine():
                raise AssertionError("attempt to release recursive lock not owned by thread")
            if self._held > 1:
                self._held -= 1
                return
        elif self._get_value() >= self.maxvalue:
            raise ValueError("semaphore or lock released too many times")
        self._held -= 1
        self._call("sem_post")

    def __enter__(self) -> bool:
        return self.acquire()

    def __exit__(self, *_: object) -> None:
        self.release()

    def _count(self) -> int:
        return self._held

    def _is_mine(self) -> bool:
        return self._held > 0 and self._holder == threading.get_ident()

    def _get_value(self) -> int:
        value = ctypes.c_int()
        self._call("sem_getvalue", ctypes.byref(value))
        return value.value

    def _is_zero(self) -> bool:
        return self._get_value() == 0

    def _after_fork(self) -> None:
        self._held = 0

    @staticmethod
    def _rebuild(handle: int, kind: int, maxvalue: int, name: str | None) -> SharedSemaphore:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), f"/dev/shm{name}")


def share_by_memory() -> None:
    """From here on multiprocessing makes its locks in memory, and its arrays in the folder for temporary files.

    Raises OSError where this Python has no multiprocessing.
    """
    try:
        locks = importlib.import_module("_multiprocessing")
        arrays = importlib.import_module("multiprocessing.heap")
    except ImportError as error:
        raise OSError(errno.ENOSYS, str(error)) from None
    vars(locks)["SemLock"] = SharedSemaphore
    arrays.Arena._dir_candidates = []
