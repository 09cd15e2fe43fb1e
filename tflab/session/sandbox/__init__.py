"""The sandbox of a session: what its code may touch, put in force by the kernel and then measured.

In the fork server, once, before TensorFlow is imported and before any thread is started::

    survey()      # asks the kernel what it offers, by a short-lived process, and does once what all sessions need

In the freshly forked child, single-threaded, before anything else::

    confinement = confine(permissions, keep={channel.fileno()})      # closes every other descriptor but 0, 1, 2
    isolation, missing = measure_isolation(confinement)              # for `SessionReady`

`confine` points HOME, TMPDIR, MPLCONFIGDIR, KERAS_HOME, IPYTHONDIR and XDG_* at folders of ``permissions.scratch``
(which has to exist and to belong to this user), changes to the working directory, and puts in force, for good and for
all that the process starts: private /tmp and /dev/shm and a read-only rest (`namespaces`), limits and the loss of
every capability (`limits`), Landlock (`landlock`, `files`), seccomp (`seccomp`, `bpf`). What the kernel lacks is left
out, and shows in what is measured. With ``permissions.sandbox`` False only the scratch folder is set up.

It raises OSError where the scratch folder cannot be used, and `UnusableSession` where the process has to end.

This package needs the standard library and msgspec only.
"""

from tflab.session.sandbox.confinement import Confinement, UnusableSession, confine, in_force, survey
from tflab.session.sandbox.isolation import measure_isolation, probe_isolation
from tflab.session.sandbox.kernel import Kernel
from tflab.session.sandbox.namespaces import take_own_loopback

__all__ = [
    "Confinement",
    "Kernel",
    "UnusableSession",
    "confine",
    "in_force",
    "measure_isolation",
    "probe_isolation",
    "survey",
    "take_own_loopback",
]
