"""`bihuan telemetry ingest|episodes`: readings taken in as they come, and what they say by now."""

import argparse
import os
import signal
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bihuan.config.brokers import broker_from
from bihuan.config.telemetry_limits import file_bytes_from
from bihuan.config.verbs import VerbParser

if TYPE_CHECKING:
    from bihuan.telemetry.intake.ingesting import Ingest

PROJECT: Final = Path(__file__).resolve().parents[3]
HOME: Final = Path(os.environ.get("BIHUAN_HOME") or PROJECT / "var")
_STORE: Final = "存放读数和报警过程的目录（默认数据目录里的 telemetry），同时只能有一个进程在收"
RULES_WORDS: Final = (
    "另写按类型统一判的过程：甲烷2.00%%（pack:methane）、停风、烟雾等开关量（pack:switch）"
)
_INBOX: Final = "收件目录：煤矿的传输程序把文件放在这里，层次不限；收下后移走"


def offer_ingest(parser: argparse.ArgumentParser) -> None:
    """The options of taking in."""
    _offer_store(parser)
    parser.add_argument("--inbox", type=Path, required=True, metavar="DIR", help=_INBOX)
    parser.add_argument("--once", action="store_true", help="收完现有的文件就结束")
    parser.add_argument("--keep-days", type=int, metavar="N", help="读数保留几天（默认一直保留）")
    parser.add_argument("--keep-rollups-days", type=int, metavar="N", help="汇总值保留几天（同上）")


def offer_episodes(parser: argparse.ArgumentParser) -> None:
    """The options of the table of episodes."""
    _offer_store(parser)
    parser.add_argument("--out", type=Path, required=True, help="报警过程写到这个 CSV 文件")
    parser.add_argument("--rules", action="store_true", help=RULES_WORDS)


def _offer_store(parser: argparse.ArgumentParser) -> None:
    default = HOME / "telemetry"
    parser.add_argument("--store", type=Path, default=default, metavar="DIR", help=_STORE)


def run_ingest(parser: VerbParser, options: argparse.Namespace) -> int:
    """Take files in until told to stop; the last line on standard error counts them."""
    from bihuan.telemetry.intake.ingesting import BrokenOff  # noqa: PLC0415 - loads polars
    from bihuan.telemetry.live.faults import CannotGoOn  # noqa: PLC0415 - the same
    from bihuan.telemetry.spark.layout import is_sharded  # noqa: PLC0415 - the same
    from bihuan.telemetry.store.lock import FolderTaken  # noqa: PLC0415 - the same

    store, inbox = options.store.resolve(), options.inbox.resolve()
    if store.is_relative_to(inbox) or inbox.is_relative_to(store):
        parser.error("--store 和 --inbox 不能一个套着另一个，请各用一个目录")
    if is_sharded(store):
        parser.error(f"“{store}”是分片接收（telemetry spark）的目录，请另用一个目录")
    if any(
        days is not None and days < 1 for days in (options.keep_days, options.keep_rollups_days)
    ):
        parser.error("--keep-days 和 --keep-rollups-days 至少为1")
    ingest = _ingest(store, inbox, options)
    try:
        if options.once:
            ingest.once()
        else:
            _forever(ingest)
    except FolderTaken as taken:
        sys.stderr.write(f"{taken}\n")
        return 2
    except (BrokenOff, CannotGoOn) as sentence:
        sys.stderr.write(f"{sentence}\n{ingest.told()}\n")
        return 1
    sys.stderr.write(f"{ingest.told()}\n")
    return 0


def _ingest(store: Path, inbox: Path, options: argparse.Namespace) -> "Ingest":
    """With every way by which files may come: the folder, HTTP's spool, a broker if there is one.

    `WrongSetting` when what is said of the broker contradicts itself.
    """
    from bihuan.telemetry.intake.arriving import Arrivals  # noqa: PLC0415 - loads polars
    from bihuan.telemetry.intake.folder import WatchedFolder  # noqa: PLC0415 - the same
    from bihuan.telemetry.intake.ingesting import Ingest  # noqa: PLC0415 - the same
    from bihuan.telemetry.intake.mqtt import Subscription  # noqa: PLC0415 - the same
    from bihuan.telemetry.intake.spool import SpoolReader  # noqa: PLC0415 - the same

    arrivals, broker = Arrivals(), broker_from(os.environ)
    size = file_bytes_from(os.environ)
    folder = WatchedFolder(inbox, taken=store / "taken", file_bytes_max=size)
    return Ingest(
        folder=store,
        channels=[folder, SpoolReader(store / "spool")],
        arrivals=arrivals,
        feeds=[Subscription(broker, arrivals, file_bytes_max=size)] if broker else [],
        readings_days=options.keep_days,
        rollups_days=options.keep_rollups_days,
    )


def write_episodes(_parser: VerbParser, options: argparse.Namespace) -> int:
    """The episodes that stand, in the shape of a replay's table."""
    from bihuan.telemetry.live.table import table_of  # noqa: PLC0415 - loads polars
    from bihuan.telemetry.spark.layout import Layout, is_sharded  # noqa: PLC0415 - the same
    from bihuan.telemetry.spark.table import episodes_of  # noqa: PLC0415 - the same
    from bihuan.telemetry.store.ledger import Ledger  # noqa: PLC0415 - the same

    if is_sharded(options.store):
        found = episodes_of(Layout(options.store))
    else:
        with closing(Ledger(options.store, is_read_only=True)) as ledger:
            found = ledger.episodes()
    options.out.write_bytes(table_of(found, with_packs=options.rules).encode())
    return 0


def _forever(ingest: "Ingest") -> None:
    def stop(_number: int, _frame: object) -> None:
        ingest.stop()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    sys.stderr.write("开始收件。\n")
    ingest.forever()
