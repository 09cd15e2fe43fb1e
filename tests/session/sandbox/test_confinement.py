"""What a confined process can still do: everything that a training program needs."""

from __future__ import annotations

import json
import os
import socket
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.session.sandbox.confined import run_confined
from tflab.session.sandbox import Kernel, survey
from tflab.session.sandbox.kernel import this_kernel

NEEDS_NAMESPACES = "user namespaces work here"


@pytest.fixture
def folder() -> Iterator[Path]:
    """Below /var/tmp: what lies in /tmp is another matter."""
    with tempfile.TemporaryDirectory(prefix="tflab-test-", dir="/var/tmp") as name:
        yield Path(name)


@pytest.fixture
def scratch(folder: Path) -> Path:
    path = folder / "scratch"
    path.mkdir()
    return path


def below_tmp() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="tflab-test-", dir="/tmp")


# --- places ------------------------------------------------------------------------------------------------------


def test_home_and_caches_are_in_scratch(scratch: Path) -> None:
    names = ("HOME", "TMPDIR", "MPLCONFIGDIR", "KERAS_HOME", "IPYTHONDIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME")
    code = (
        f"import json, tempfile; print(json.dumps([os.environ[name] for name in {names!r}] + [tempfile.gettempdir()]))"
    )
    places = json.loads(run_confined(code, scratch=scratch))
    assert all(Path(place).is_relative_to(scratch) for place in places)
    assert all(Path(place).is_dir() for place in (places[0], places[1], places[3], places[-1]))


def test_it_starts_in_its_working_directory_or_in_scratch(folder: Path, scratch: Path) -> None:
    work = folder / "work"
    work.mkdir()
    where = "print(os.getcwd())"
    assert run_confined(where, scratch=scratch, write=[work], working_directory=str(work)) == str(work)
    assert run_confined(where, scratch=scratch, working_directory=str(folder / "gone")) == str(scratch)
    assert run_confined(where, scratch=scratch) == str(scratch)


def test_granted_folders_are_read_and_written_with_modes_times_and_renames(folder: Path, scratch: Path) -> None:
    read, write = folder / "read", folder / "write"
    read.mkdir()
    write.mkdir()
    (read / "data").write_text("data")
    code = f"""
import shutil
assert open({str(read / "data")!r}).read() == "data"
os.chdir({str(write)!r})
os.mkdir("a"); os.mkdir("b")
open("a/file", "w").write("x")
os.chmod("a/file", 0o640); os.utime("a/file", (1, 1))
os.rename("a/file", "b/file")
os.link("b/file", "hard"); os.symlink("b/file", "soft")
shutil.copy2("b/file", "copy")
shutil.rmtree("a")
print(sorted(os.listdir()))
"""
    assert run_confined(code, scratch=scratch, read=[read], write=[write]) == "['b', 'copy', 'hard', 'soft']"
    if survey().namespaces:
        status = (write / "copy").stat()
        assert (status.st_mode & 0o777, status.st_mtime) == (0o640, 1)


def test_a_single_file_can_be_granted(folder: Path, scratch: Path) -> None:
    (folder / "in.txt").write_text("in")
    (folder / "out.txt").write_text("")
    code = f"""
open({str(folder / "out.txt")!r}, "w").write(open({str(folder / "in.txt")!r}).read())
try:
    os.listdir({str(folder)!r})
except PermissionError:
    print("closed")
"""
    told = run_confined(code, scratch=scratch, read=[folder / "in.txt"], write=[folder / "out.txt"])
    assert (told, (folder / "out.txt").read_text()) == ("closed", "in")


def test_scratch_may_lie_below_tmp() -> None:
    with below_tmp() as name:
        code = "open('here', 'w').write('x'); print(os.listdir(os.environ['HOME'] + '/..'))"
        assert "here" in run_confined(code, scratch=name)
        assert (Path(name) / "here").exists()


def test_granted_paths_below_tmp_stay_visible_with_their_rights(scratch: Path) -> None:
    with below_tmp() as name:
        read, write, file = Path(name, "read"), Path(name, "write"), Path(name, "file")
        inner = read / "inner"
        for made in (read, write, inner):
            made.mkdir()
        for path in (read / "data", file, Path(name, "hidden")):
            path.write_text("data")
        code = f"""
assert open({str(read / "data")!r}).read() == open({str(file)!r}).read() == "data"
open({str(write / "result")!r}, "w").write("x")
open({str(inner / "result")!r}, "w").write("x")
for path, mode in (({str(read / "data")!r}, "w"), ({str(read / "new")!r}, "w"), ({str(name)!r} + "/hidden", "r")):
    try:
        open(path, mode)
    except OSError as error:
        print(type(error).__name__)
"""
        told = run_confined(code, scratch=scratch, read=[read, file], write=[write, inner]).split()
        assert len(told) == 3
        assert (write / "result").exists()
        assert (inner / "result").exists()
        assert (read / "data").read_text() == "data"
        assert sorted(os.listdir(name)) == ["file", "hidden", "read", "write"]


def test_a_granted_path_may_lead_through_a_link_in_tmp(folder: Path, scratch: Path) -> None:
    real = folder / "real"
    real.mkdir()
    (real / "data").write_text("data")
    with below_tmp() as name:
        link = Path(name, "link")
        link.symlink_to(real)
        assert run_confined(f"print(open({str(link / 'data')!r}).read())", scratch=scratch, read=[link]) == "data"


@pytest.mark.parametrize("namespaces", [True, False])
def test_tmp_itself_can_be_granted(scratch: Path, namespaces: bool) -> None:
    kernel = Kernel(survey().landlock_abi, survey().seccomp, namespaces and survey().namespaces)
    with tempfile.NamedTemporaryFile(prefix="tflab-test-", dir="/tmp") as file:
        code = f"open({file.name!r}, 'w').write('x'); print(confinement.private)"
        told = run_confined(code, scratch=scratch, write=["/tmp"], kernel=kernel)
        assert "/tmp" not in told
        assert Path(file.name).read_text() == "x"


def test_paths_that_do_not_exist_do_no_harm(folder: Path, scratch: Path) -> None:
    assert run_confined("print(1)", scratch=scratch, read=[folder / "no"], write=[folder / "neither"]) == "1"


def test_a_home_below_opt_is_not_granted_with_it(folder: Path, scratch: Path) -> None:
    from tflab.session.sandbox.files import without

    for path in ("opt/app/bin", "opt/home/ada/.ssh", "opt/home/eve"):
        (folder / path).mkdir(parents=True)
    hidden = [str(folder / "opt/home/ada")]
    assert sorted(without(str(folder / "opt"), hidden)) == [str(folder / "opt/app"), str(folder / "opt/home/eve")]
    assert without(hidden[0], hidden) == hidden
    assert without("/nowhere", hidden) == ["/nowhere"]


def test_a_scratch_folder_that_cannot_be_used_is_an_error(folder: Path) -> None:
    (folder / "file").write_text("")
    with pytest.raises(AssertionError, match=r"NotADirectoryError|FileExistsError"):
        run_confined("", scratch=folder / "file")


# --- what programs do --------------------------------------------------------------------------------------------


def test_python_goes_on_as_ever(scratch: Path) -> None:
    code = """
import asyncio, concurrent.futures, ctypes, decimal, json, sqlite3, ssl, subprocess, tempfile, threading, zoneinfo
import msgspec
sqlite3.connect("x.db").execute("create table t (a)")
assert subprocess.run([sys.executable, "-c", "print(1)"], capture_output=True, text=True).stdout == "1\\n"
assert subprocess.check_output("echo $HOME", shell=True, text=True).strip() == os.environ["HOME"]
async def twice(x):
    await asyncio.sleep(0)
    return 2 * x
assert asyncio.run(twice(21)) == 42
with concurrent.futures.ThreadPoolExecutor(4) as pool:
    assert list(pool.map(abs, [-1, -2])) == [1, 2]
with tempfile.NamedTemporaryFile("w", delete=False) as file:
    file.write("x")
os.replace(file.name, os.path.join(tempfile.gettempdir(), "moved"))
os.sched_setaffinity(0, os.sched_getaffinity(0)); os.nice(1)
open("/dev/null", "w").write("x"); open("/dev/urandom", "rb").read(1)
import resource
resource.setrlimit(resource.RLIMIT_NOFILE, resource.getrlimit(resource.RLIMIT_NOFILE))
print(threading.active_count())
"""
    assert run_confined(code, scratch=scratch, memory=4 << 30) == "1"


def test_multiprocessing_works_where_dev_shm_is_private(scratch: Path) -> None:
    code = """
import multiprocessing, signal
from multiprocessing.shared_memory import SharedMemory
def work(queue):
    queue.put(os.getpid())
context = multiprocessing.get_context("fork")
queue = context.Queue()
process = context.Process(target=work, args=(queue,))
process.start()
assert queue.get(timeout=50) == process.pid
process.join()
with context.Pool(2) as pool:
    assert pool.map(abs, [-1, -2, -3]) == [1, 2, 3]
memory = SharedMemory(create=True, size=1000)
memory.close(); memory.unlink()
sleeper = context.Process(target=signal.pause)
sleeper.start(); sleeper.terminate(); sleeper.join()
print(sleeper.exitcode)
"""
    assert survey().namespaces, NEEDS_NAMESPACES
    assert run_confined(code, scratch=scratch) == "-15"


def test_without_processes_threads_still_start(scratch: Path) -> None:
    code = """
import threading
thread = threading.Thread(target=print, args=("ran",))
thread.start(); thread.join()
"""
    assert run_confined(code, scratch=scratch, processes=False) == "ran"


@pytest.mark.skipif(this_kernel().landlock_abi < 4, reason="this kernel's Landlock knows no ports")
def test_ports_are_open_one_by_one(scratch: Path) -> None:
    code = """
import socket

def tried(action):
    try:
        action()
    except OSError as error:
        return type(error).__name__
    return "open"

server = socket.socket()
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
print(tried(lambda: server.bind(("127.0.0.1", OWN))), tried(server.listen))
client = socket.socket()
print(tried(lambda: client.connect(("127.0.0.1", OWN))), tried(lambda: client.sendall(b"hello")))
print(server.accept()[0].recv(5).decode())
print(tried(lambda: socket.create_connection(("127.0.0.1", OTHER), 2)))
print(tried(lambda: socket.socket().bind(("127.0.0.1", OTHER))), tried(lambda: socket.socket().bind(("", 0))))
print(tried(lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM)), tried(lambda: socket.socket(socket.AF_UNIX)))
"""
    with socket.create_server(("127.0.0.1", 0)) as other, socket.socket() as kept:
        # Kept until the session has it, too: the system gives it to nobody else.
        kept.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        kept.bind(("127.0.0.1", 0))
        port = kept.getsockname()[1]
        code = code.replace("OWN", str(port)).replace("OTHER", str(other.getsockname()[1]))
        denied = "PermissionError"
        assert run_confined(code, scratch=scratch, listens=(port,), reaches=(port,)).split() == [
            *("open", "open", "open", "open", "hello", denied, denied, denied, denied, denied)
        ]


def test_with_the_network_ordinary_clients_work(scratch: Path) -> None:
    code = """
import socket, urllib.request
assert socket.getaddrinfo("localhost", 80)
server = socket.create_server(("127.0.0.1", 0))
client = socket.create_connection(server.getsockname())
assert socket.if_nameindex()
print(urllib.request.urlopen("http://127.0.0.1:PORT/").read().decode())
"""
    with socket.create_server(("127.0.0.1", 0)) as server:
        import threading

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(4096)
                connection.sendall(b"HTTP/1.0 200 OK\r\n\r\nhello")

        thread = threading.Thread(target=serve)
        thread.start()
        port = str(server.getsockname()[1])
        assert run_confined(code.replace("PORT", port), scratch=scratch, network=True) == "hello"
        thread.join()


def test_variables_are_what_was_allowed_and_what_was_given(scratch: Path) -> None:
    code = "print(os.environ.get('HTTPS_PROXY'), os.environ['HOME'])"
    variables = [["HTTPS_PROXY", "http://proxy:3128"], ["HOME", "/elsewhere"]]
    assert run_confined(code, scratch=scratch, variables=variables) == f"http://proxy:3128 {scratch}/home"


def test_downloads_of_keras_are_kept_where_its_folder_may_be_written(folder: Path, scratch: Path) -> None:
    home = folder / "home"
    (home / ".keras").mkdir(parents=True)
    where = "print(os.environ['KERAS_HOME'])"
    assert run_confined(where, scratch=scratch, home=home, read=[home]) == f"{scratch}/home/.keras"
    assert run_confined(where, scratch=scratch, home=home, write=[home / ".keras"]) == str(home / ".keras")


def test_without_a_sandbox_only_the_scratch_folder_is_set_up(folder: Path, scratch: Path) -> None:
    code = f"""
from tflab.session.sandbox import measure_isolation
open({str(folder / "anywhere")!r}, "w").write("x")
level, missing = measure_isolation(confinement)
print(level, len(missing) > 5, os.environ["HOME"])
"""
    assert run_confined(code, scratch=scratch, sandbox=False) == f"none True {scratch}/home"
    assert (folder / "anywhere").exists()


def test_opened_doors_are_not_taken_for_leaks(folder: Path, scratch: Path) -> None:
    home = folder / "home"
    home.mkdir()
    code = "from tflab.session.sandbox import measure_isolation; print(measure_isolation(confinement)[0])"
    closed = run_confined(code, scratch=scratch, home=home)
    assert run_confined(code, scratch=scratch, home=home, write=[home], network=True) == closed
    assert closed in ("full", "good", "files", "limits")


def test_missing_is_only_what_full_needs(scratch: Path) -> None:
    here = survey()
    kernel = Kernel(here.landlock_abi, here.seccomp, namespaces=False)
    code = "from tflab.session.sandbox import measure_isolation; print(measure_isolation(confinement))"
    level, missing = eval(run_confined(code, scratch=scratch, kernel=kernel))
    assert (level == "full") == (missing == ())


def test_only_the_standard_library_and_msgspec_are_needed(scratch: Path) -> None:
    code = "print([name for name in ('numpy', 'tensorflow', 'IPython', 'psutil', 'click') if name in sys.modules])"
    assert run_confined(code, scratch=scratch) == "[]"
    assert sys.version_info >= (3, 10)
