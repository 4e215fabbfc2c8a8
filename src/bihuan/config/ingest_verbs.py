"""`bihuan telemetry ingest|episodes`: readings taken in as they come, and what they say by now."""

import argparse
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from bihuan.config.verbs import VerbParser

if TYPE_CHECKING:
    from types import FrameType

    from bihuan.telemetry.intake.ingesting import Ingest

STORE, INBOX = "telemetry", "inbox"


def offer_ingest(parser: argparse.ArgumentParser) -> None:
    """The options of taking in."""
    parser.add_argument("--store", type=Path, required=True, metavar="DIR", help=_STORE)
    parser.add_argument("--inbox", type=Path, required=True, metavar="DIR", help=_INBOX)
    parser.add_argument("--once", action="store_true", help="收完现有的文件就结束")


def offer_episodes(parser: argparse.ArgumentParser) -> None:
    """The options of the table of episodes."""
    parser.add_argument("--store", type=Path, required=True, metavar="DIR", help=_STORE)
    parser.add_argument("--out", type=Path, required=True, help="报警过程写到这个 CSV 文件")


def run_ingest(parser: VerbParser, options: argparse.Namespace) -> int:
    """Take files in until told to stop; the last line on standard error counts them."""
    from bihuan.telemetry.intake.folder import WatchedFolder  # noqa: PLC0415 - loads polars
    from bihuan.telemetry.intake.ingesting import Ingest  # noqa: PLC0415 - the same
    from bihuan.telemetry.store.lock import FolderTaken  # noqa: PLC0415 - the same

    store, inbox = options.store.resolve(), options.inbox.resolve()
    if store.is_relative_to(inbox) or inbox.is_relative_to(store):
        parser.error("--store 和 --inbox 不能一个套着另一个，请各用一个目录")
    ingest = Ingest(folder=store, channels=[WatchedFolder(inbox, taken=store / "taken")])
    try:
        if options.once:
            ingest.once()
        else:
            _forever(ingest)
    except FolderTaken as taken:
        sys.stderr.write(f"{taken}\n")
        return 2
    sys.stderr.write(f"{ingest.told()}\n")
    return 0


def write_episodes(_parser: VerbParser, options: argparse.Namespace) -> int:
    """The episodes that stand, in the shape of a replay's table."""
    from bihuan.telemetry.live.table import table_of  # noqa: PLC0415 - loads polars
    from bihuan.telemetry.store.ledger import Ledger  # noqa: PLC0415 - the same

    ledger = Ledger(options.store, is_read_only=True)
    try:
        options.out.write_bytes(table_of(ledger.episodes()).encode())
    finally:
        ledger.close()
    return 0


def _forever(ingest: "Ingest") -> None:
    def stop(_number: int, _frame: "FrameType | None") -> None:
        ingest.stop()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    sys.stderr.write("开始收件。\n")
    ingest.forever()


_STORE = "存放读数和报警过程的目录，同时只能有一个进程在收"
_INBOX = "收件目录：煤矿的传输程序把文件放在这里，层次不限；收下后移走"
