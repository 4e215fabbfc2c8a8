"""`bihuan telemetry replay|check|simulate`: readings from files, without settings or a database.

What reads readings is loaded by these verbs alone: web and worker never import polars.
"""

import argparse
import sys
from pathlib import Path
from typing import Final

from bihuan.config.verbs import VerbParser, why_unreadable

_KINDS: Final = "upper_limit、lower_limit、disconnected、frozen、replayed"


def run_telemetry(arguments: list[str]) -> int:
    """Run one of the verbs of readings; 0 fine, 1 findings, 2 wrong use."""
    parser = VerbParser(prog="bihuan telemetry", description="监测数据：回放、检查、模拟")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="动作")
    _offer_replay(verbs.add_parser("replay", help="读一个目录里的全部数据文件，算出报警过程"))
    _offer_check(verbs.add_parser("check", help="检查数据文件，说明哪条记录哪一项不对"))
    options = parser.parse_args(arguments)
    acts = {"replay": _replay, "check": _check}
    try:
        return acts[options.verb](parser, options)
    except OSError as error:
        sys.stderr.write(f"{why_unreadable(error)}\n")
        return 2


def _offer_replay(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, metavar="DIR", help="数据文件所在目录，层次不限")
    parser.add_argument("--out", type=Path, required=True, help="报警过程写到这个 CSV 文件")
    parser.add_argument("--rejected", type=Path, help="拒收和待定义的清单写到这个 CSV 文件")
    parser.add_argument("--only", metavar="KINDS", help=f"只要这些类别，用逗号隔开：{_KINDS}")


def _offer_check(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", type=Path, nargs="+", metavar="FILE", help="要检查的数据文件")


def _replay(parser: VerbParser, options: argparse.Namespace) -> int:
    """Write the tables; the last line on standard error counts what was read."""
    from bihuan.telemetry.episodes import KINDS  # noqa: PLC0415 - loads polars
    from bihuan.telemetry.replay import replay  # noqa: PLC0415 - the same

    only = KINDS if options.only is None else tuple(options.only.replace(",", " ").split())
    unknown = [kind for kind in only if kind not in KINDS]
    if unknown or not only:
        parser.error(f"--only 不认识“{'、'.join(unknown)}”，可选：{_KINDS}")
    found = replay(options.folder, only=only)
    options.out.write_bytes(found.episodes_csv())
    if options.rejected:
        options.rejected.write_bytes(found.rejected_csv())
    for kind, count in sorted(found.unparsed.items()):
        sys.stderr.write(
            f"{kind} 文件 {count} 个未解析：字段顺序未见依据，只核对了文件名、编码和结尾。\n"
        )
    sys.stderr.write(f"{found.counts}\n")
    return 0


def _check(_parser: VerbParser, options: argparse.Namespace) -> int:
    """Say what is wrong with each file; 1 when anything is."""
    from bihuan.telemetry.checking import check, told  # noqa: PLC0415 - reads tables of dialects

    is_wrong = False
    for path in options.files:
        findings = check(path.read_bytes(), name=path.name)
        sys.stderr.write(told(findings, name=path.name))
        is_wrong |= any(one.is_fault for one in findings)
    return 1 if is_wrong else 0
