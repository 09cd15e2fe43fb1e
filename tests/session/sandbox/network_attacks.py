"""Attacks by sockets: the network, this machine's own services, and ways around."""

from __future__ import annotations

from tests.session.sandbox.attack import Attack

ATTACKS = (
    Attack(
        "connect to a service on this machine",
        "socket.create_connection(('127.0.0.1', TCP), 2).send(b'x'); got(True)",
        "no TCP, not even loopback",
    ),
    Attack(
        "connect by IPv6",
        "socket.create_connection(('::1', TCP6), 2).send(b'x'); got(True)",
        "no TCP by IPv6",
        needs="ipv6",
    ),
    Attack(
        "send a datagram",
        "got(socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', UDP)) == 1)",
        "no UDP",
    ),
    Attack(
        "offer a service",
        "server = socket.socket(); server.bind(('127.0.0.1', 0)); server.listen(); got(server.getsockname()[1])",
        "nobody can call in",
    ),
    Attack(
        "open a socket of the kernel's routes",
        "socket.socket(socket.AF_NETLINK, socket.SOCK_RAW); got(True)",
        "no netlink",
    ),
    Attack(
        "open a socket of the kernel's ciphers",
        "socket.socket(socket.AF_ALG, socket.SOCK_SEQPACKET); got(True)",
        "no rarely used families",
        needs="alg sockets",
    ),
    Attack(
        "connect to a unix socket",
        "service = socket.socket(socket.AF_UNIX); service.connect(STREAM); service.send(b'x'); got(True)",
        "no docker.sock, no ssh-agent, no D-Bus",
    ),
    Attack(
        "connect to an abstract unix socket",
        "service = socket.socket(socket.AF_UNIX); service.connect(ABSTRACT); service.send(b'x'); got(True)",
        "no sockets without a file either",
    ),
    Attack(
        "send from one of a pair to a unix socket",
        "one, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM); got(one.sendto(b'x', DATAGRAM) == 1)",
        "pairs talk to each other only",
    ),
    Attack(
        "turn one of a pair into a client",
        "one, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM); one.connect(DATAGRAM); "
        "got(one.send(b'x') == 1)",
        "pairs cannot be connected anew",
    ),
    Attack(
        "offer a unix socket in scratch",
        "os.chdir(SCRATCH); server = socket.socket(socket.AF_UNIX); server.bind('s'); server.listen(); got(True)",
        "no services by unix sockets",
    ),
    Attack(
        "connect by another program",
        "subprocess.run(['bash', '-c', f'echo > /dev/tcp/127.0.0.1/{TCP}'], check=True, capture_output=True); "
        "got(True)",
        "programs that a session starts have no network either",
        needs="bash",
    ),
    Attack(
        "make the kernel open sockets by io_uring",
        "got(call('io_uring_setup', 2, ctypes.create_string_buffer(120)) >= 0)",
        "no second way to system calls",
        needs="io_uring",
    ),
    Attack(
        "connect to a unix socket though the network is allowed",
        "service = socket.socket(socket.AF_UNIX); service.connect(STREAM); service.send(b'x'); got(True)",
        "--allow-net does not open this machine's services",
        permissions={"network": True},
    ),
    Attack(
        "send from one of a pair though the network is allowed",
        "one, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM); got(one.sendto(b'x', DATAGRAM) == 1)",
        "nor by pairs",
        permissions={"network": True},
    ),
)
