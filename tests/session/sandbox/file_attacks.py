"""Attacks on files: to read, to write, and to change what is known about them."""

from __future__ import annotations

from tests.session.sandbox.attack import FACILITIES, Attack

READING = (
    Attack(
        "read a key in the home folder",
        "got(open(HOME + '/.ssh/id_rsa').read() == SECRET)",
        "files outside the allow-list cannot be read",
    ),
    Attack("list the home folder", "got('.ssh' in os.listdir(HOME))", "folders outside cannot be listed"),
    Attack("list the root folder", "got('etc' in os.listdir('/'))", "the file system cannot be explored from its top"),
    Attack("list /etc", "got('passwd' in os.listdir('/etc'))", "of /etc only single entries are granted"),
    Attack(
        "read a key by way of /proc/self/root",
        "got(open('/proc/self/root' + HOME + '/.ssh/id_rsa').read() == SECRET)",
        "links of /proc lead to the same verdict",
    ),
    Attack(
        "change into the home folder and read from there",
        "os.chdir(HOME + '/.ssh'); got(open('id_rsa').read() == SECRET)",
        "a relative path is judged by where it leads",
    ),
    Attack(
        "climb out of a granted folder by ..",
        "got(open(PROJECT + '/../home/.ssh/id_rsa').read() == SECRET)",
        "a granted folder is no way to its neighbours",
    ),
    Attack(
        "read by a folder opened for its path only",
        "folder = os.open(HOME, os.O_PATH); got(os.read(os.open('.ssh/id_rsa', os.O_RDONLY, dir_fd=folder), 99) == "
        "SECRET.encode())",
        "O_PATH, which nothing forbids, gives no access",
    ),
    Attack(
        "reopen a path descriptor by /proc/self/fd",
        "key = os.open(HOME + '/.ssh/id_rsa', os.O_PATH); got(open(f'/proc/self/fd/{key}').read() == SECRET)",
        "a descriptor without rights cannot be upgraded",
    ),
    Attack(
        "read by a symbolic link in scratch",
        "os.symlink(HOME + '/.ssh/id_rsa', SCRATCH + '/link'); got(open(SCRATCH + '/link').read() == SECRET)",
        "links made inside do not lead outside",
    ),
    Attack(
        "read by a link in the project",
        "got(open(PROJECT + '/link-to-key').read() == SECRET)",
        "links that were there do not lead outside either",
    ),
    Attack(
        "read by a hard link in scratch",
        "os.link(HOME + '/.ssh/id_rsa', SCRATCH + '/hard'); got(open(SCRATCH + '/hard').read() == SECRET)",
        "a file outside gets no second name inside",
    ),
    Attack(
        "move a key into scratch",
        "os.rename(HOME + '/.ssh/id_rsa', SCRATCH + '/mine'); got(open(SCRATCH + '/mine').read() == SECRET)",
        "a file outside cannot be moved inside",
    ),
    Attack(
        "read by another program",
        "got(subprocess.run(['cat', HOME + '/.ssh/id_rsa'], capture_output=True, text=True).stdout == SECRET)",
        "programs that a session starts are confined with it",
    ),
    Attack(
        "read by another program in a new process session",
        "got(subprocess.run(['cat', HOME + '/.ssh/id_rsa'], capture_output=True, text=True, start_new_session=True)"
        ".stdout == SECRET)",
        "nobody slips out by leaving the process group",
    ),
    Attack("read tflab's own notes", "got(open(STATE + '/progress.json').read() == SECRET)", "progress stays private"),
    Attack(
        "read a file in /tmp",
        "got(open('/tmp/' + MARK).read() == SECRET)",
        "temporary files of other programs cannot be read",
    ),
    Attack("list /tmp", "got(MARK in os.listdir('/tmp'))", "temporary files of other programs cannot be seen"),
    Attack(
        "read another program's shared memory file",
        "got(open('/dev/shm/' + MARK).read() == SECRET)",
        "/dev/shm of other programs cannot be read",
    ),
    Attack(
        "read an attribute of a key",
        "got(os.getxattr(HOME + '/.ssh/id_rsa', 'user.secret') == SECRET.encode())",
        "extended attributes of files outside cannot be read",
        needs="xattr",
    ),
    Attack(
        "list the attributes of a key",
        "got(os.listxattr(HOME + '/.ssh/id_rsa'))",
        "extended attributes of files outside cannot be listed",
        needs="xattr",
    ),
    Attack(
        "watch what happens in the home folder",
        "libc.inotify_init.restype = ctypes.c_int; "
        "got(call('inotify_add_watch', libc.inotify_init(), HOME.encode(), 0x20) >= 0)",
        "the names of files that others open do not leak",
    ),
    Attack(
        "read another user's file with root's rights",
        "got(open(PROJECT + '/of-another-user').read() == SECRET)",
        "root reads no more than a user would",
        only="root",
    ),
    Attack("read a disk", FACILITIES["block devices"], "no raw disk", only="root", needs="block devices"),
)

WRITING = (
    Attack(
        "create a file in the home folder",
        "open(HOME + '/' + MARK, 'w').close(); got(True)",
        "nothing is created outside",
        "os.path.exists(HOME + '/' + MARK)",
    ),
    Attack(
        "append to .bashrc",
        "open(HOME + '/.bashrc', 'a').write('evil'); got(True)",
        "start-up files stay as they are",
        "'evil' in open(HOME + '/.bashrc').read()",
    ),
    Attack(
        "empty a file by truncate()",
        "os.truncate(HOME + '/.bashrc', 0); got(True)",
        "files outside are not emptied by their path",
        "os.path.getsize(HOME + '/.bashrc') == 0",
    ),
    Attack(
        "empty a readable file by O_TRUNC",
        "os.open(PROJECT + '/data.txt', os.O_RDONLY | os.O_TRUNC); got(True)",
        "what may be read is not emptied",
        "os.path.getsize(PROJECT + '/data.txt') == 0",
    ),
    Attack(
        "delete a file",
        "os.unlink(HOME + '/.bashrc'); got(True)",
        "nothing outside is deleted",
        "not os.path.exists(HOME + '/.bashrc')",
    ),
    Attack(
        "delete a folder",
        "os.rmdir(HOME + '/empty'); got(True)",
        "no folder outside is deleted",
        "not os.path.exists(HOME + '/empty')",
    ),
    Attack(
        "rename a file outside",
        "os.rename(HOME + '/.bashrc', HOME + '/.zshrc'); got(True)",
        "nothing outside is renamed",
        "os.path.exists(HOME + '/.zshrc')",
    ),
    Attack(
        "move a file over one outside",
        "open(SCRATCH + '/a', 'w').write('evil'); os.rename(SCRATCH + '/a', HOME + '/.bashrc'); got(True)",
        "nothing is moved out of scratch",
        "open(HOME + '/.bashrc').read() == 'evil'",
    ),
    Attack(
        "make a folder outside",
        "os.mkdir(HOME + '/' + MARK); got(True)",
        "no folder is made outside",
        "os.path.isdir(HOME + '/' + MARK)",
    ),
    Attack(
        "make a link outside",
        "os.symlink('/etc/passwd', HOME + '/' + MARK); got(True)",
        "no link is made outside",
        "os.path.islink(HOME + '/' + MARK)",
    ),
    Attack(
        "give a scratch file a name outside",
        "open(SCRATCH + '/a', 'w').write('evil'); os.link(SCRATCH + '/a', HOME + '/' + MARK); got(True)",
        "no file inside gets a name outside",
        "os.path.exists(HOME + '/' + MARK)",
    ),
    Attack(
        "make a pipe outside",
        "os.mkfifo(HOME + '/' + MARK); got(True)",
        "no pipe is made outside",
        "os.path.exists(HOME + '/' + MARK)",
    ),
    Attack(
        "write in a folder that is for reading",
        "open(PROJECT + '/data.txt', 'w').write('evil'); got(True)",
        "reading is not writing",
        "open(PROJECT + '/data.txt').read() == 'evil'",
    ),
    Attack(
        "create in a folder that is for reading",
        "open(PROJECT + '/' + MARK, 'w').close(); got(True)",
        "nothing is added to what is for reading",
        "os.path.exists(PROJECT + '/' + MARK)",
    ),
    Attack(
        "leave a file in /tmp",
        "open('/tmp/' + MARK + '-evil', 'w').close(); got(True)",
        "what is written to /tmp stays inside",
        "os.path.exists('/tmp/' + MARK + '-evil')",
    ),
    Attack(
        "overwrite a file in /tmp",
        "open('/tmp/' + MARK, 'w').write('evil'); got(True)",
        "temporary files of other programs stay as they are",
        "open('/tmp/' + MARK).read() == 'evil'",
    ),
    Attack(
        "overwrite another program's shared memory file",
        "open('/dev/shm/' + MARK, 'w').write('evil'); got(True)",
        "/dev/shm of other programs stays as it is",
        "open('/dev/shm/' + MARK).read() == 'evil'",
    ),
    Attack(
        "plant a .pth file among the packages",
        "open(PACKAGES + '/' + MARK + '.pth', 'w').write('import os'); got(True)",
        "the Python environment cannot be changed",
        "os.path.exists(PACKAGES + '/' + MARK + '.pth')",
    ),
    Attack(
        "change tflab's own code",
        "open(CODE + '/__init__.py', 'a').write('#'); got(True)",
        "tflab's code cannot be changed",
        "open(CODE + '/__init__.py').read().endswith('#')",
    ),
    Attack(
        "write by another program",
        "subprocess.run(['touch', HOME + '/' + MARK], check=True, capture_output=True); got(True)",
        "programs that a session starts write no more than it",
        "os.path.exists(HOME + '/' + MARK)",
    ),
    Attack(
        "make a device in scratch",
        "os.mknod(SCRATCH + '/disk', 0o60600, os.makedev(8, 0)); got(True)",
        "no devices of one's own",
        only="root",
    ),
)

METADATA = (
    Attack(
        "change a mode",
        "os.chmod(HOME + '/.ssh/id_rsa', 0o644); got(True)",
        "modes outside do not change",
        "os.stat(HOME + '/.ssh/id_rsa').st_mode & 0o777 == 0o644",
    ),
    Attack(
        "change the mode of an open file",
        "os.fchmod(os.open(PROJECT + '/data.txt', os.O_RDONLY), 0o777); got(True)",
        "a file open for reading keeps its mode",
        "os.stat(PROJECT + '/data.txt').st_mode & 0o777 == 0o777",
    ),
    Attack(
        "change a mode by /proc/self/fd",
        "key = os.open(HOME + '/.ssh/id_rsa', os.O_PATH); os.chmod(f'/proc/self/fd/{key}', 0o666); got(True)",
        "a path descriptor changes no mode",
        "os.stat(HOME + '/.ssh/id_rsa').st_mode & 0o777 == 0o666",
    ),
    Attack(
        "change times",
        "os.utime(HOME + '/.bashrc', (1, 1)); got(True)",
        "times outside do not change",
        "os.stat(HOME + '/.bashrc').st_mtime == 1",
    ),
    Attack(
        "change the times of an open file",
        "os.utime(os.open(PROJECT + '/data.txt', os.O_RDONLY), (1, 1)); got(True)",
        "a file open for reading keeps its times",
        "os.stat(PROJECT + '/data.txt').st_mtime == 1",
    ),
    Attack(
        "change an owner",
        "os.chown(HOME + '/.bashrc', os.geteuid(), os.getegid()); got(True)",
        "owners outside are not touched",
        "os.stat(HOME + '/.bashrc').st_ctime_ns != BASHRC_CHANGED",
    ),
    Attack(
        "give a file away",
        "os.chown(OUT + '/result.txt', 12345, 12345); got(True)",
        "root gives no file to another user",
        "os.stat(OUT + '/result.txt').st_uid == 12345",
        only="root",
    ),
    Attack(
        "set an attribute",
        "os.setxattr(HOME + '/.bashrc', 'user.evil', b'x'); got(True)",
        "attributes outside are not set",
        "'user.evil' in os.listxattr(HOME + '/.bashrc')",
        needs="xattr",
    ),
    Attack(
        "remove an attribute",
        "os.removexattr(HOME + '/.ssh/id_rsa', 'user.secret'); got(True)",
        "attributes outside are not removed",
        "not os.listxattr(HOME + '/.ssh/id_rsa')",
        needs="xattr",
    ),
    Attack(
        "leave a program that runs with the user's rights",
        "open(OUT + '/sh', 'w').write('#!/bin/sh'); os.chmod(OUT + '/sh', 0o4755); got(True)",
        "no set-user-id program is left behind",
        "os.stat(OUT + '/sh').st_mode & 0o4000",
    ),
)

ATTACKS = (*READING, *WRITING, *METADATA)
