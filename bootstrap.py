"""Set up the locked environment in this checkout, then hand over to the `bihuan` command.

Runs on any Python 3 with the standard library alone, so nothing here may use newer syntax.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
TOOLS = HERE / ".tools"
VENV_PYTHON = HERE / ".venv" / "bin" / "python"
OLDEST = (3, 12)


def newest_fitting(versions):
    """Pick from {path: (major, minor)} the newest that fits; None lets uv fetch one."""
    fitting = {path: version for path, version in versions.items() if version >= OLDEST}
    return max(fitting, key=lambda path: (fitting[path], path)) if fitting else None


def pythons_on_this_machine(search_path):
    """Ask every python3.N on the search path (and pyenv's) for its version."""
    folders = [Path(part) for part in search_path.split(os.pathsep) if part]
    pyenv = Path(os.environ.get("PYENV_ROOT", str(Path.home() / ".pyenv"))) / "versions"
    if pyenv.is_dir():
        folders += [version / "bin" for version in pyenv.iterdir()]
    found = {}
    for folder in folders:
        if "shims" in folder.parts:  # pyenv's shims answer for whatever version is selected
            continue
        for name in ["python3"] + ["python3.%d" % minor for minor in range(OLDEST[1], 20)]:
            candidate = folder / name
            if os.access(str(candidate), os.X_OK) and str(candidate) not in found:
                version = _version(candidate)
                if version:
                    found[str(candidate)] = version
    return found


def _version(python):
    code = "import sys; print(sys.version_info[0], sys.version_info[1])"
    try:
        out = subprocess.check_output([str(python), "-c", code], stderr=subprocess.DEVNULL)
        major, minor = out.split()
        return int(major), int(minor)
    except (OSError, ValueError, subprocess.CalledProcessError):
        return None


def find_uv():
    """Path of uv: on the machine, else one installed into this checkout."""
    local = TOOLS / "bin" / "uv"
    found = shutil.which("uv")
    if found and "shims" not in Path(found).parts:
        return found
    if local.exists():
        return str(local)
    _say("installing uv into .tools (first start only)")
    attempts = [
        [sys.executable, "-m", "venv", str(TOOLS)],
        [str(TOOLS / "bin" / "python"), "-m", "pip", "install", "--quiet", "uv"],
    ]
    try:
        for attempt in attempts:
            subprocess.check_call(attempt, env=_without_pythonpath())
    except (OSError, subprocess.CalledProcessError):
        shutil.rmtree(str(TOOLS), ignore_errors=True)
        target = [sys.executable, "-m", "pip", "install", "--quiet", "--target", str(TOOLS), "uv"]
        subprocess.check_call(target, env=_without_pythonpath())
    return str(local)


def extras_for(arguments):
    """What a command needs beyond the rest: Spark is large, so it comes with its first use."""
    is_spark = arguments[:2] == ["telemetry", "spark"]
    return ["spark"] if is_spark or (arguments[:1] == ["test"] and "--all" in arguments) else []


def stamp_of(lock, extras):
    """What says that .venv has these extras by this lock file; without any, the lock alone."""
    return b"".join(b"# extra: %s\n" % extra.encode() for extra in sorted(extras)) + lock


def extras_in(stamp):
    """The extras that a stamp says are there; they stay when the lock changes."""
    head = b"# extra: "
    return [line[len(head) :].decode() for line in stamp.splitlines() if line.startswith(head)]


def prepare(extras):
    """Bring .venv to the lock file; quick when it already is."""
    stamp = HERE / ".venv" / "bihuan.lock"
    lock = (HERE / "uv.lock").read_bytes()
    held = stamp.read_bytes() if stamp.exists() else b""
    wanted = set(extras) | set(extras_in(held))
    if VENV_PYTHON.exists() and held == stamp_of(lock, wanted):
        return
    _say("preparing the locked environment in .venv")
    # Compiled now: a service that may not write there would compile Django at each start and hold
    # what the compiler leaves behind.
    command = [find_uv(), "sync", "--frozen", "--quiet", "--compile-bytecode"]
    for extra in sorted(wanted):
        command += ["--extra", extra]
    python = newest_fitting(pythons_on_this_machine(os.environ.get("PATH", "")))
    if python:
        command += ["--python", python]
    subprocess.check_call(command, cwd=str(HERE), env=_without_pythonpath())
    stamp.write_bytes(stamp_of(lock, wanted))


def _without_pythonpath():
    return {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}


def _say(text):
    sys.stderr.write("bihuan: %s\n" % text)


def main():
    try:
        prepare(extras_for(sys.argv[1:]))
    except (OSError, subprocess.CalledProcessError) as error:
        _say("setting up failed: %s" % error)
        _say(
            "check the network, or set UV_INDEX_URL to a mirror you can reach, and run this again."
        )
        return 1
    os.execv(str(VENV_PYTHON), [str(VENV_PYTHON), "-m", "bihuan"] + sys.argv[1:])
    return 0


if __name__ == "__main__":
    sys.exit(main())
