"""Who holds a job: named so that others on the machine can see whether that process lives."""

import hashlib
import os
import secrets
from functools import cache
from pathlib import Path


def new_holder() -> str:
    """A name of this process that is never used again."""
    return f"{_machine()}-{os.getpid():x}-{secrets.token_hex(4)}"


def is_dead(holder: str) -> bool:
    """Whether the holder is a process of this machine that is gone; False where one can't tell.

    A process that was given the same number since looks alive; then the lease runs out.
    """
    machine, _, rest = holder.partition("-")
    number = rest.partition("-")[0]
    if machine != _machine() or not number:
        return False
    return not Path(f"/proc/{int(number, 16)}").exists()


@cache
def _machine() -> str:
    """This start of this machine, and the container, if it is one: where process numbers hold."""
    started = Path("/proc/sys/kernel/random/boot_id").read_text("ascii")
    space = str(Path("/proc/self/ns/pid").readlink())
    return hashlib.sha256(f"{started}{space}".encode()).hexdigest()[:12]
