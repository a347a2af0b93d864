"""Confines a Python script and waits for it. Runs by itself: `python -I -S -c <this file>`.

It reads one line of JSON from its input: `code`, `folders` (read-only, where Python is), the limits
`cpu_seconds`, `memory_bytes`, `disk_bytes`, `open_files` and `wall_seconds`. Namespaces of its
own give the script no network, no other process and, as its whole file system, those
folders and an empty one in memory. How it ended, or why it never began, is written to the
descriptor `report`.

Only the standard library is imported: nothing of the project may be within reach. The calls
without a wrapper in Python 3.11 (unshare, mount, pivot_root, prctl, capset) go through libc.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import signal
import sys
from pathlib import Path
from typing import Any

CLONE_NEWNS, CLONE_NEWUTS, CLONE_NEWIPC = 0x00020000, 0x04000000, 0x08000000
CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET = 0x10000000, 0x20000000, 0x40000000
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC = 1, 2, 4, 8
MS_REMOUNT, MS_BIND, MS_REC, MS_PRIVATE = 32, 4096, 16384, 1 << 18
MNT_DETACH = 2
PR_SET_PDEATHSIG, PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS = 1, 24, 38
PIVOT_ROOT = {"x86_64": 155, "aarch64": 41}
CAPABILITY_VERSION_3 = 0x20080522
NOBODY = 65534

Request = dict[str, Any]
libc = ctypes.CDLL(None, use_errno=True)


def call(name: str, *arguments: Any) -> None:
    """A function of libc that returns 0 unless it fails."""
    if getattr(libc, name)(*arguments) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")


def mount(source: str, target: str, kind: str | None, flags: int, options: str = "") -> None:
    """mount(2)."""
    encoded = [None if each is None else os.fsencode(each) for each in (source, target, kind)]
    call("mount", *encoded, ctypes.c_ulong(flags), os.fsencode(options))


def enter_namespaces() -> None:
    """Leaves the network, the processes and the mounts of the machine; as root of a user
    namespace when not root already."""
    spaces = CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWPID | CLONE_NEWNET
    user, group = os.geteuid(), os.getegid()
    if user == 0:
        call("unshare", spaces)
        return
    call("unshare", spaces | CLONE_NEWUSER)
    for name, content in (
        ("setgroups", "deny"),
        ("uid_map", f"0 {user} 1"),
        ("gid_map", f"0 {group} 1"),
    ):
        with open(f"/proc/self/{name}", "w") as file:
            file.write(content)


def build_root(folders: list[str], disk_bytes: int) -> None:
    """Makes the given folders, read-only, and an empty `/work` in memory all that there is."""
    mount("none", "/", None, MS_REC | MS_PRIVATE)
    root = "/tmp"  # noqa: S108 - what is mounted over it is seen in this namespace alone
    paths = [Path(each) for each in folders]
    links = [(path, path.readlink()) for path in paths if path.is_symlink()]
    sources = [(path, os.open(path, os.O_PATH)) for path in paths if not path.is_symlink()]
    mount("none", root, "tmpfs", MS_NOSUID | MS_NODEV, "size=64k,mode=755")
    for path, descriptor in sources:
        target = f"{root}{path}"
        Path(target).mkdir(parents=True, exist_ok=True)
        mount(f"/proc/self/fd/{descriptor}", target, None, MS_BIND)
        kept = os.statvfs(target).f_flag & (MS_NOSUID | MS_NODEV | MS_NOEXEC)
        mount("none", target, None, MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | kept)
        os.close(descriptor)
    for path, linked in links:
        link = Path(f"{root}{path}")
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(linked)
    Path(f"{root}/work").mkdir()
    mount("none", f"{root}/work", "tmpfs", MS_NOSUID | MS_NODEV, f"size={disk_bytes},mode=777")
    os.chdir(root)
    if libc.syscall(PIVOT_ROOT[os.uname().machine], b".", b".") != 0:
        raise OSError(ctypes.get_errno(), "pivot_root")
    call("umount2", b".", MNT_DETACH)
    os.chdir("/")
    mount("none", "/", None, MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV)
    os.chdir("/work")


def drop_rights(limits: dict[str, int], *, was_root: bool) -> None:
    """Nobody's rights, no capability now or after an exec, and the limits; no further process."""
    if was_root:
        os.setgroups([])
        os.setresgid(NOBODY, NOBODY, NOBODY)
        os.setresuid(NOBODY, NOBODY, NOBODY)
    call("unshare", CLONE_NEWUSER)  # here processes are counted for this script alone
    for capability in range(64):
        libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0)
    call("capset", header, (ctypes.c_uint32 * 6)())
    call("prctl", PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    for kind, limit in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_AS, limits["memory_bytes"]),
        (resource.RLIMIT_FSIZE, limits["disk_bytes"]),
        (resource.RLIMIT_NOFILE, limits["open_files"]),
        (resource.RLIMIT_MSGQUEUE, 0),
        (resource.RLIMIT_MEMLOCK, 0),
        (resource.RLIMIT_NPROC, 1),
    ):
        resource.setrlimit(kind, (limit, limit))
    seconds = limits["cpu_seconds"]
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))


def keep_script(asked: Request, *, was_root: bool) -> None:
    """Starts the script and waits for it, as the first process of the namespace: with it all of
    them end. The script cannot be the first one, which the limit on CPU time does not end."""
    try:
        call("prctl", PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        nothing = os.open("/dev/null", os.O_RDONLY)
        build_root(asked["folders"], asked["disk_bytes"])
        os.dup2(nothing, 0)
        script = os.fork()
        if script == 0:
            become_script(asked, was_root=was_root)
        os.close(1)
        os.close(2)
        _, status = os.waitpid(script, 0)
        tell(asked, "ended", os.waitstatus_to_exitcode(status))
    except BaseException as error:  # noqa: BLE001 - nothing of this process may go on
        tell(asked, "refused", error)
    os._exit(0)


def become_script(asked: Request, *, was_root: bool) -> None:
    """Gives up all rights and puts the script in this process's place."""
    try:
        drop_rights(asked, was_root=was_root)
        os.set_inheritable(asked["report"], False)
        options = ("-I", "-S", "-B", "-X", "utf8", "-c")
        arguments = [sys.executable, *options, asked["code"]]
        os.execve(sys.executable, arguments, {})  # noqa: S606 - no shell is meant to be there
    except BaseException as error:  # noqa: BLE001 - the same
        tell(asked, "refused", error)
    os._exit(1)


def tell(asked: Request, *words: object) -> None:
    """Reports a line to whoever started this; the first one counts."""
    os.write(asked["report"], f"{' '.join(map(str, words))[:400]}\n".encode())


def main() -> None:
    """Ends the script when its time is up or nobody waits for it."""
    asked: Request = json.loads(sys.stdin.buffer.readline())
    was_root = os.geteuid() == 0
    try:
        enter_namespaces()
    except OSError as error:
        tell(asked, "refused", error)
        return
    keeper = os.fork()
    if keeper == 0:
        keep_script(asked, was_root=was_root)
    os.close(1)
    os.close(2)

    def end(number: int, frame: object) -> None:
        if number == signal.SIGALRM:
            tell(asked, "late")
        os.kill(keeper, signal.SIGKILL)

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGALRM, end)
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    signal.setitimer(signal.ITIMER_REAL, asked["wall_seconds"])
    os.waitpid(keeper, 0)


if __name__ == "__main__":
    main()
