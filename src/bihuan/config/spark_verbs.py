"""`bihuan telemetry spark`: readings taken in by many machines, shared out by mine."""

import argparse
import os
import shutil
import signal
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Final, NamedTuple

from bihuan.config.telemetry_limits import file_bytes_from
from bihuan.config.verbs import VerbParser
from bihuan.config.wrong import WrongSetting

_INBOX: Final = "收件目录：煤矿的传输程序把文件放在这里，层次不限；收下后移走"
_STORE: Final = "存放读数、报警过程和检查点的目录，各台机器都以同一路径看到它"
_MASTER: Final = (
    "Spark 集群，例如 spark://主机:7077（默认本机 local[*]）；写 - 则听 spark-submit 的"
)
_SHARDS: Final = "分几片（默认16）；第一次接收时定下，以后不能改"


def offer_spark(parser: argparse.ArgumentParser) -> None:
    """The options of taking in by Spark."""
    parser.add_argument("--inbox", type=Path, required=True, metavar="DIR", help=_INBOX)
    parser.add_argument("--store", type=Path, required=True, metavar="DIR", help=_STORE)
    parser.add_argument("--master", default="local[*]", help=_MASTER)
    parser.add_argument("--shards", type=int, metavar="N", help=_SHARDS)
    parser.add_argument(
        "--every", type=float, default=5.0, metavar="秒", help="隔多久一批（默认5）"
    )
    parser.add_argument("--once", action="store_true", help="收完现有的文件就结束")
    words = "Spark 的设置，可写多次，例如 spark.executor.memory=2g"
    parser.add_argument("--conf", action="append", default=[], metavar="名=值", help=words)


def run_spark(parser: VerbParser, options: argparse.Namespace) -> int:
    """Take files in until told to stop; the last line on standard error counts them."""
    from bihuan.telemetry.spark.layout import SHARDS_MAX, Layout, WrongStore  # noqa: PLC0415

    store, inbox = options.store.resolve(), options.inbox.resolve()
    if store.is_relative_to(inbox) or inbox.is_relative_to(store):
        parser.error("--store 和 --inbox 不能一个套着另一个，请各用一个目录")
    if options.shards is not None and not 1 <= options.shards <= SHARDS_MAX:
        parser.error(f"--shards 应为1到{SHARDS_MAX}")
    if not options.every > 0:
        parser.error("--every 应大于0")
    settings = dict(one.partition("=")[::2] for one in options.conf)
    if not all(name.startswith("spark.") and value for name, value in settings.items()):
        parser.error("--conf 应写成 spark.名=值")
    demand_spark()
    try:
        shards = Layout(store).settle_shards(options.shards)
    except WrongStore as wrong:
        raise WrongSetting(str(wrong)) from wrong
    return _stream(options, Way(inbox, store, shards), settings)


class Way(NamedTuple):
    """From where to where, in how many shards."""

    inbox: Path
    store: Path
    shards: int


def demand_spark() -> None:
    """`WrongSetting` unless Spark and Java are on this machine."""
    lacking = [name for name in ("pyspark", "pandas", "pyarrow") if find_spec(name) is None]
    if lacking:
        raise WrongSetting(
            f"这里没有装 Spark（缺 {'、'.join(lacking)}）。"
            "请安装本系统的 spark 附加项：pip install 'bihuan[spark]'，再运行一次。"
        )
    if not (os.environ.get("JAVA_HOME") or shutil.which("java")):
        raise WrongSetting(
            "Spark 要用 Java 17 或更高版本，这里没有找到。"
            "请安装（Debian：apt-get install openjdk-17-jre-headless），再运行一次。"
        )


def _stream(options: argparse.Namespace, of: Way, settings: dict[str, str]) -> int:
    from pyspark.errors import PySparkException  # noqa: PLC0415 - an extra

    from bihuan.telemetry.spark.claiming import Inbox  # noqa: PLC0415 - loads polars
    from bihuan.telemetry.spark.streaming import Streaming  # noqa: PLC0415 - loads Spark
    from bihuan.telemetry.store.lock import FolderTaken  # noqa: PLC0415 - loads polars

    size = file_bytes_from(os.environ)
    streaming = Streaming(
        inbox=Inbox(inbox=of.inbox, root=of.store, shards=of.shards, file_bytes_max=size),
        master=None if options.master == "-" else options.master,
        every_s=options.every,
        settings=settings,
    )
    _stop_at_signals(streaming.stop)
    try:
        total = streaming.run(once=options.once)
    except FolderTaken as taken:
        sys.stderr.write(f"{taken}\n")
        return 2
    except PySparkException as error:
        sys.stderr.write(f"Spark 停了，收下的都在，再运行一次会从检查点接着做：{error}\n")
        return 1
    sys.stderr.write(f"{total}\n")
    return 0


def _stop_at_signals(stop: Callable[[], None]) -> None:
    def stopping(_number: int, _frame: object) -> None:
        stop()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stopping)
