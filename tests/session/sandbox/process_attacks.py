"""Attacks on other processes of the same user: their life, their memory, their settings, their secrets."""

from __future__ import annotations

from tests.session.sandbox.attack import Attack

SIGNALS = (
    Attack("end another process", "os.kill(VICTIM, 15); got(True)", "no signals by process id", "is_dead(VICTIM)"),
    Attack("kill another process", "os.kill(VICTIM, 9); got(True)", "not even SIGKILL", "is_dead(VICTIM)"),
    Attack("stop another process", "os.kill(VICTIM, 19); got(True)", "no SIGSTOP", "is_stopped(VICTIM)"),
    Attack("end a process group", "os.killpg(VICTIM, 15); got(True)", "no signals to groups", "is_dead(VICTIM)"),
    Attack(
        "end a process by its descriptor",
        "signal.pidfd_send_signal(os.pidfd_open(VICTIM), 15); got(True)",
        "no signals by pidfd",
        "is_dead(VICTIM)",
    ),
    Attack(
        "end a thread of another process",
        "call('tgkill', VICTIM, VICTIM, 15); got(True)",
        "no signals to threads",
        "is_dead(VICTIM)",
    ),
    Attack(
        "queue a signal with a value",
        "info = ctypes.create_string_buffer(struct.pack('<iii', 15, 0, -1) + bytes(116)); "
        "call('rt_sigqueueinfo', VICTIM, 15, info); got(True)",
        "no queued signals",
        "is_dead(VICTIM)",
    ),
    Attack(
        "let the kernel signal another process when data comes",
        "import fcntl; ours, theirs = socket.socketpair(); fcntl.fcntl(ours, fcntl.F_SETOWN, VICTIM); "
        "fcntl.fcntl(ours, 10, 15); fcntl.fcntl(ours, fcntl.F_SETFL, os.O_ASYNC); theirs.send(b'x'); "
        "got(wait_until(lambda: not is_alive(VICTIM), COMES))",
        "SIGIO is no detour",
        "is_dead(VICTIM)",
    ),
)

MEMORY = (
    Attack(
        "read another process's memory by /proc",
        "memory = open(f'/proc/{VICTIM}/mem', 'rb', 0); memory.seek(ADDRESS); "
        "got(memory.read(len(SECRET)) == SECRET.encode())",
        "/proc/PID/mem is closed",
    ),
    Attack(
        "read another process's memory by process_vm_readv",
        "buffer = ctypes.create_string_buffer(len(SECRET)); "
        "ours = (ctypes.c_size_t * 2)(ctypes.addressof(buffer), len(SECRET)); "
        "theirs = (ctypes.c_size_t * 2)(ADDRESS, len(SECRET)); "
        "call('process_vm_readv', VICTIM, ours, 1, theirs, 1, 0); got(buffer.raw == SECRET.encode())",
        "no reading across processes",
    ),
    Attack(
        "write another process's memory by process_vm_writev",
        "buffer = ctypes.create_string_buffer(b'evil', 4); ours = (ctypes.c_size_t * 2)(ctypes.addressof(buffer), 4); "
        "theirs = (ctypes.c_size_t * 2)(ADDRESS, 4); "
        "got(call('process_vm_writev', VICTIM, ours, 1, theirs, 1, 0) == 4)",
        "no writing across processes",
    ),
    Attack("debug another process", "call('ptrace', 16, VICTIM, 0, 0); got(True)", "no ptrace"),
    Attack(
        "seize another process",
        "call('ptrace', 0x4206, VICTIM, 0, 0); got(True)",
        "no ptrace without stopping either",
    ),
    Attack(
        "take a descriptor out of another process",
        "got(os.read(call('pidfd_getfd', os.pidfd_open(VICTIM), VICTIM_FILE, 0), 99) == SECRET.encode())",
        "no borrowed descriptors",
        needs="pidfd_getfd",
    ),
    Attack(
        "attach another program's System V memory",
        "libc.shmat.restype = ctypes.c_void_p; address = libc.shmat(libc.shmget(SEGMENT, 4096, 0), None, 0); "
        "got(address not in (None, 2**64 - 1) and ctypes.string_at(address, len(SECRET)) == SECRET.encode())",
        "System V memory of other programs is out of reach",
        needs="system v",
    ),
    Attack(
        "read another program's System V messages",
        "buffer = ctypes.create_string_buffer(8 + 64); "
        "got(libc.msgrcv(libc.msgget(QUEUE, 0), buffer, 64, 0, 0o4000) > 0)",
        "System V messages of other programs are out of reach",
        needs="system v",
    ),
    Attack(
        "open another program's message queue",
        "got(call('mq_open', MARK.encode(), 0, 0, None) >= 0)",
        "POSIX message queues of other programs are out of reach",
        needs="message queues",
    ),
)

SECRETS = (
    Attack(
        "read another process's command line",
        "got(open(f'/proc/{VICTIM}/cmdline').read())",
        "what others were called with stays theirs",
    ),
    Attack(
        "read another process's environment",
        "got('PATH=' in open(f'/proc/{VICTIM}/environ').read())",
        "environments of others stay theirs",
    ),
    Attack("read where another process's memory lies", "got(open(f'/proc/{VICTIM}/maps').read())", "no memory maps"),
    Attack("read another process's status", "got(open(f'/proc/{VICTIM}/status').read())", "no status of others"),
    Attack("list all processes", "got(str(VICTIM) in os.listdir('/proc'))", "nobody else can be seen"),
    Attack(
        "read a file that another process has open",
        "got(open(f'/proc/{VICTIM}/fd/{VICTIM_FILE}').read() == SECRET)",
        "files open elsewhere stay closed here",
    ),
    Attack(
        "reach files through another process's root",
        "got(open(f'/proc/{VICTIM}/root{HOME}/.ssh/id_rsa').read() == SECRET)",
        "another process's root is no door",
    ),
    Attack(
        "reach files through another process's folder",
        "got('.bashrc' in os.listdir(f'/proc/{VICTIM}/cwd'))",
        "another process's working folder is no door",
    ),
    Attack("find a secret in the environment", "got(SECRET in os.environ.values())", "variables are an allow-list"),
    Attack(
        "find a secret in the environment it was launched with",
        "got(SECRET in open('/proc/self/environ').read())",
        "the kernel's copy of the environment is clean, too",
    ),
    Attack(
        "use a descriptor that the lab left open",
        "got(os.pread(LEAKED, 99, 0) == SECRET.encode())",
        "no inherited descriptors",
    ),
    Attack(
        "find a descriptor that the lab left open",
        "got(any('id_rsa' in os.path.realpath(f'/proc/self/fd/{number}') for number in range(3, 64)))",
        "nothing of the lab is open",
    ),
)

SETTINGS = (
    Attack(
        "change another process's limits",
        "import resource; resource.prlimit(VICTIM, resource.RLIMIT_NOFILE, (7, 7)); got(True)",
        "limits of others stay",
        "resource.prlimit(VICTIM, resource.RLIMIT_NOFILE) == (7, 7)",
    ),
    Attack(
        "slow another process down",
        "os.setpriority(os.PRIO_PROCESS, VICTIM, 15); got(True)",
        "priorities of others stay",
        "os.getpriority(os.PRIO_PROCESS, VICTIM) == 15",
    ),
    Attack(
        "slow all processes of the user down",
        "os.setpriority(os.PRIO_PGRP, VICTIM, 15); got(True)",
        "priorities are not set by group or user",
        "os.getpriority(os.PRIO_PROCESS, VICTIM) == 15",
    ),
    Attack(
        "move another process to one processor",
        "os.sched_setaffinity(VICTIM, {min(os.sched_getaffinity(0))}); got(True)",
        "processors of others stay",
        "len(os.sched_getaffinity(VICTIM)) == 1",
        needs="several processors",
    ),
    Attack(
        "change how another process is scheduled",
        "os.sched_setscheduler(VICTIM, os.SCHED_IDLE, os.sched_param(0)); got(True)",
        "scheduling of others stays",
        "os.sched_getscheduler(VICTIM) == os.SCHED_IDLE",
    ),
    Attack(
        "starve another process's disk",
        "got(call('ioprio_set', 1, VICTIM, 3 << 13) == 0)",
        "disk priorities of others stay",
    ),
    Attack(
        "offer another process to the out-of-memory killer",
        "open(f'/proc/{VICTIM}/oom_score_adj', 'w').write('1000'); got(True)",
        "nobody else is offered",
        "open(f'/proc/{VICTIM}/oom_score_adj').read().strip() == '1000'",
    ),
)

ATTACKS = (*SIGNALS, *MEMORY, *SECRETS, *SETTINGS)
