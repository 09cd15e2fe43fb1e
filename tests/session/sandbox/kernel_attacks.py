"""Attacks on the kernel's rarely used parts, and on the limits."""

from __future__ import annotations

from tests.session.sandbox.attack import FACILITIES, Attack

KERNEL = (
    Attack(
        "become root in a namespace of its own",
        "call('unshare', 0x10000000); got(True)",
        "no new user namespaces",
        needs="user namespaces",
    ),
    Attack(
        "start a process in namespaces of its own",
        "pid = call('clone', 0x10000000 | 17, 0, 0, 0, 0); "
        "got(os._exit(0) if pid == 0 else os.waitpid(pid, 0)[0] == pid)",
        "nor by clone()",
        needs="user namespaces",
    ),
    Attack(
        "start one by clone3()",
        "arguments = ctypes.create_string_buffer(struct.pack('<QQQQQQQQ', 0x10000000, 0, 0, 0, 17, 0, 0, 0), 64); "
        "pid = call('clone3', arguments, 64); got(os._exit(0) if pid == 0 else os.waitpid(pid, 0)[0] == pid)",
        "nor by clone3(), whose flags cannot be read",
        needs="user namespaces",
    ),
    Attack(
        "join another process's namespaces",
        "call('setns', os.pidfd_open(VICTIM), 0x00020000); got(True)",
        "no way back out of the session's own mounts",
        only="root",
    ),
    Attack(
        "mount",
        "call('mount', b'none', SCRATCH.encode(), b'tmpfs', 0, None); call('umount2', SCRATCH.encode(), 2); got(True)",
        "no mounts",
        "",
        "root",
    ),
    Attack(
        "take a mount by a descriptor", "got(call('open_tree', -100, b'/', 1) >= 0)", "nor by the new calls", "", "root"
    ),
    Attack("change root", "os.chroot(SCRATCH); got(True)", "no chroot", only="root"),
    Attack("become another user", "os.setresuid(12345, 12345, 12345); got(True)", "no change of user", only="root"),
    Attack(
        "get rights back by starting a program",
        "got('CapEff:\\t0000000000000000' not in subprocess.check_output(['cat', '/proc/self/status'], text=True))",
        "root's rights do not come back with exec",
        only="root",
    ),
    Attack(
        "open a kernel setting for writing",
        "open('/proc/sys/kernel/core_pattern', 'r+').close(); got(True)",
        "kernel settings are read-only",
        only="root",
    ),
    Attack("reach the user's keys", FACILITIES["keyring"], "the kernel's keyrings are closed", needs="keyring"),
    Attack("load a program into the kernel", FACILITIES["bpf"], "no bpf()", needs="bpf"),
    Attack("watch the processor's counters", FACILITIES["perf"], "no perf_event_open()", needs="perf"),
    Attack("catch page faults", FACILITIES["userfaultfd"], "no userfaultfd()", needs="userfaultfd"),
    Attack("switch off address randomisation", FACILITIES["personality"], "no personality()", needs="personality"),
    Attack(
        "make system calls of a 32-bit program",
        FACILITIES["32-bit calls"],
        "calls with other numbers end the process",
        needs="32-bit calls",
    ),
    Attack(
        "type into the terminal that the lab runs in",
        FACILITIES["typing into terminals"],
        "no keystrokes into terminals",
        needs="typing into terminals",
    ),
    Attack(
        "open the terminal that the lab runs in",
        "os.open('/dev/tty', os.O_RDWR); got(True)",
        "the lab's terminal is out of reach",
        needs="typing into terminals",
    ),
    Attack(
        "read what is typed into the terminal",
        "got(os.isatty(0))",
        "standard input is no terminal",
        needs="typing into terminals",
    ),
)

PROGRAMS = (
    Attack(
        "run a program from scratch",
        "import shutil; shutil.copy('/bin/true', SCRATCH + '/evil'); os.chmod(SCRATCH + '/evil', 0o755); "
        "got(subprocess.run([SCRATCH + '/evil']).returncode == 0)",
        "what a session writes it does not execute",
    ),
    Attack(
        "run a program from /tmp",
        "import shutil; name = '/tmp/' + MARK + '.evil'; shutil.copy('/bin/true', name); os.chmod(name, 0o755); "
        "got(subprocess.run([name]).returncode == 0)",
        "nor from /tmp",
    ),
    Attack(
        "run a program from the folder that may be written",
        "import shutil; name = OUT + '/evil'; shutil.copy('/bin/true', name); os.chmod(name, 0o755); "
        "got(subprocess.run([name]).returncode == 0)",
        "nor from a folder granted for writing only",
    ),
    Attack(
        "start a process where that is forbidden",
        "pid = os.fork(); got(os._exit(0) if pid == 0 else True)",
        "checks start no processes",
        permissions={"processes": False},
    ),
    Attack(
        "start a program where that is forbidden",
        "got(subprocess.run(['true']).returncode == 0)",
        "checks start no programs",
        permissions={"processes": False},
    ),
    Attack(
        "become another program where that is forbidden",
        "os.execv('/bin/sh', ['sh', '-c', 'echo got >&' + str(REPORT)])",
        "checks stay what they are",
        permissions={"processes": False},
    ),
)

LIMITS = (
    Attack(
        "take much memory at once",
        "import mmap; area = mmap.mmap(-1, 512 << 20, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS); got(area)",
        "one huge allocation fails",
    ),
    Attack(
        "take memory piece by piece",
        "pieces = [bytearray(8 << 20) for _ in range(64)]; got(len(pieces) == 64)",
        "creeping growth fails",
    ),
    Attack(
        "fill shared memory",
        "for number in range(32):\n"
        "    area = os.open(f'/dev/shm/{MARK}-big{number}', os.O_CREAT | os.O_RDWR)\n"
        "    os.posix_fallocate(area, 0, 3 << 20)\n"
        "got(True)",
        "a private /dev/shm is small",
    ),
    Attack(
        "write a huge file",
        "file = open(SCRATCH + '/big', 'wb', 0); [file.write(bytes(1 << 20)) for _ in range(9)]; "
        "got(os.path.getsize(SCRATCH + '/big') == 9 << 20)",
        "files stay below their limit, and the session lives",
    ),
    Attack(
        "raise the limits again",
        "import resource; resource.setrlimit(resource.RLIMIT_DATA, (resource.RLIM_INFINITY,) * 2); "
        "resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2); got(True)",
        "limits go down only",
    ),
    Attack(
        "leave a memory dump",
        "import resource; most = resource.getrlimit(resource.RLIMIT_CORE)[1]; "
        "resource.setrlimit(resource.RLIMIT_CORE, (1 << 20, most)); got(True)",
        "no dumps of a session's memory",
    ),
    Attack(
        "start processes without end",
        "children = []\n"
        "try:\n"
        "    while len(children) < MANY:\n"
        "        pid = os.fork()\n"
        "        if pid == 0: signal.pause()\n"
        "        children.append(pid)\n"
        "    got(True)\n"
        "finally:\n"
        "    [os.kill(pid, 9) for pid in children]; [os.waitpid(pid, 0) for pid in children]",
        "a fork bomb stays small",
        only="user",
    ),
    Attack(
        "compute without end",
        "import time\nwhile time.process_time() < 1.6: pass\ngot(True)",
        "checks end in time",
        permissions={"cpu_seconds": 1},
    ),
    Attack(
        "be spared by the out-of-memory killer",
        "open('/proc/self/oom_score_adj', 'w').write('0'); got(open('/proc/self/oom_score_adj').read().strip() == '0')",
        "a session is the first to go",
    ),
)

ATTACKS = (*KERNEL, *PROGRAMS, *LIMITS)
