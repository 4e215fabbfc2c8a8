"""Protections of readings on their way in: whose they are, durable before the answer."""

from tests.soak.removing import Protection

READINGS = (
    Protection(
        key="own-mines",
        promise="a token sends readings of its own firm's mines alone",
        path="places/mines.py",
        old=".filter(code=code, firm_id__in=firms)",
        new=".filter(code=code)",
        tests=("api/tests/test_readings.py::test_who_is_not_the_mine",),
    ),
    Protection(
        key="header-mine",
        promise="a file whose header names another mine is refused",
        path="api/readings.py",
        old="    if body is Fault.HEADER_MINE:\n        raise Problem(403, HEADER_MINE)\n",
        new="",
        tests=("api/tests/test_readings.py::test_what_is_no_file_of_the_mine",),
    ),
    Protection(
        key="spool-synchronised",
        promise="a file of readings is on the disk before it is answered for",
        path="telemetry/intake/spool.py",
        old="                os.fsync(file.fileno())\n",
        new="",
        tests=("telemetry/intake/tests/test_spool.py::test_it_is_synchronised_around_its_name",),
    ),
    Protection(
        key="spool-name-synchronised",
        promise="its name is on the disk too",
        path="telemetry/intake/spool.py",
        old="        _synchronise(self._folder)  # another one may have renamed it a moment ago\n",
        new="",
        tests=("telemetry/intake/tests/test_spool.py::test_it_is_synchronised_around_its_name",),
    ),
    Protection(
        key="spool-room",
        promise="what waits to be read is bounded",
        path="telemetry/intake/spool.py",
        old="            if self._waiting_bytes() + len(content) > self._room_bytes:",
        new="            if self._room_bytes < 0:",
        tests=("api/tests/test_readings.py::test_too_much_waits",),
    ),
    Protection(
        key="unreadable-set-aside",
        promise="what the program can't read is kept as it came before it is acknowledged",
        path="telemetry/intake/aside.py",
        old="    disk.put(kept, arrived.content)\n",
        new="",
        tests=("telemetry/live/tests/test_unreadable.py::test_the_others_are_taken",),
    ),
    Protection(
        key="unjudged-withdrawn",
        promise="a commit that can't be judged is taken back before its files are tried again",
        path="telemetry/live/engine.py",
        old="                    self.store.withdraw(commit)\n",
        new="",
        tests=("telemetry/live/tests/test_unreadable.py::test_the_others_are_taken",),
    ),
)
