"""What `soak` can run: each suite with its full count and the reduced one of `test --all`."""

from dataclasses import dataclass

VENDORS = ("sqlite", "postgresql")


@dataclass(frozen=True, kw_only=True)
class Suite:
    """A suite of rounds; a round holds `each` cases and is never repeated for one commit.

    `elsewhere` is how many rounds there are on PostgreSQL where it isn't the same number; a suite
    without a database has none there.
    """

    key: str
    label: str
    what: str
    rounds: int
    reduced: int
    each: int = 1
    elsewhere: int | None = None

    def rounds_on(self, vendor: str) -> int:
        """The full count on a database."""
        is_elsewhere = vendor != "sqlite" and self.elsewhere is not None
        return self.elsewhere or 0 if is_elsewhere else self.rounds

    def counted(self, rounds: int) -> str:
        """How many cases so many rounds are, in words."""
        return f"{rounds * self.each:,} {self.what}"


SUITES = {
    suite.key: suite
    for suite in (
        Suite(key="presses", label="二十人同按一步", what="steps", rounds=100, reduced=5),
        Suite(key="property", label="随机办理", what="walks", rounds=200, reduced=20),
        Suite(
            key="mutations",
            label="逐处篡改",
            what="tamperings",
            rounds=100,
            reduced=10,
            each=100,
        ),
        Suite(
            key="migrations",
            label="带数据升级",
            what="matters",
            rounds=1,
            reduced=1,
            each=50_000,
        ),
        Suite(
            key="telemetry",
            label="监测数据快慢对照",
            what="folders",
            rounds=100,
            elsewhere=0,
            reduced=5,
            each=10,
        ),
        Suite(
            key="spoilt",
            label="损坏的监测文件",
            what="files",
            rounds=100,
            elsewhere=0,
            reduced=2,
            each=100,
        ),
        Suite(
            key="readings",
            label="接收读数时杀进程",
            what="kills",
            rounds=34,
            elsewhere=0,
            reduced=2,
            each=3,
        ),
        Suite(
            key="shortage",
            label="接收读数时磁盘写满",
            what="full disks",
            rounds=20,
            elsewhere=0,
            reduced=2,
            each=2,
        ),
        Suite(
            key="clocks",
            label="接收读数时时钟跳变",
            what="jumps",
            rounds=20,
            elsewhere=0,
            reduced=1,
            each=4,
        ),
        Suite(key="kills", label="随机杀进程", what="kills", rounds=100, reduced=10),
        Suite(key="disk", label="磁盘写满", what="full disks", rounds=40, reduced=4),
        Suite(
            key="protections",
            label="逐项拆除保护",
            what="protections",
            rounds=217,
            elsewhere=5,
            reduced=4,
        ),
    )
}
