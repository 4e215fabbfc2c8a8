"""`bihuan telemetry …`: readings from files, without settings or a database.

What reads readings is loaded by these verbs alone: web and worker never import polars.
"""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bihuan.config.ingest_verbs import (
    RULES_WORDS,
    offer_episodes,
    offer_ingest,
    run_ingest,
    write_episodes,
)
from bihuan.config.spark_verbs import offer_spark, run_spark
from bihuan.config.verbs import VerbParser, why_unreadable
from bihuan.config.wrong import WrongSetting

if TYPE_CHECKING:
    from bihuan.telemetry.quality import Quality
    from bihuan.telemetry.replay import Replay

MINES_MAX: Final = 999_999
POINTS_MAX: Final = 10_000
DAYS_MAX: Final = 366
COUNTY_MINES_MAX: Final = 1_000
COUNTY_DAYS: Final = 180
COUNTY_DAYS_MIN: Final = 30
_KINDS: Final = "upper_limit、lower_limit、disconnected、frozen、replayed"


def run_telemetry(arguments: list[str]) -> int:
    """Run one of the verbs of readings; 0 fine, 1 findings, 2 wrong use."""
    parser = VerbParser(prog="bihuan telemetry", description="监测数据：接收、回放、检查、模拟")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="动作")
    _offer_replay(verbs.add_parser("replay", help="读一个目录里的全部数据文件，算出报警过程"))
    _offer_compare(verbs.add_parser("compare", help="煤矿系统自报的报警和统计，和读数逐项对照"))
    _offer_tables(verbs.add_parser("tables", help="把各类数据文件（人员、设备等）写成表格"))
    _offer_check(verbs.add_parser("check", help="检查数据文件，说明哪条记录哪一项不对"))
    _offer_simulate(verbs.add_parser("simulate", help="生成模拟煤矿的数据文件，连同真实情况"))
    offer_ingest(verbs.add_parser("ingest", help="接收煤矿送来的数据文件，随到随判"))
    offer_spark(verbs.add_parser("spark", help="同上，由 Spark 分到多台机器上收"))
    offer_episodes(verbs.add_parser("episodes", help="把接收至今的报警过程写成表"))
    options = parser.parse_args(arguments)
    acts = {
        "replay": _replay,
        "compare": _compare,
        "tables": _tables,
        "check": _check,
        "simulate": _simulate,
        "ingest": run_ingest,
        "spark": run_spark,
        "episodes": write_episodes,
    }
    try:
        return acts[options.verb](parser, options)
    except WrongSetting as error:
        sys.stderr.write(f"{error}\n")
        return 2
    except OSError as error:
        sys.stderr.write(f"{why_unreadable(error)}\n")
        return 2


def _offer_replay(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, metavar="DIR", help="数据文件所在目录，层次不限")
    parser.add_argument("--out", type=Path, required=True, help="报警过程写到这个 CSV 文件")
    parser.add_argument("--rejected", type=Path, help="拒收和待定义的清单写到这个 CSV 文件")
    parser.add_argument(
        "--quality",
        type=Path,
        help="状态和值、单位和定义对不上的，按测点和日计数，写到这个 CSV 文件",
    )
    parser.add_argument("--only", metavar="KINDS", help=f"只要这些类别，用逗号隔开：{_KINDS}")
    parser.add_argument("--rules", action="store_true", help=RULES_WORDS)


def _offer_compare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, metavar="DIR", help="数据文件所在目录，层次不限")
    parser.add_argument("--out", type=Path, required=True, help="对不上的写到这个 CSV 文件")


def _offer_tables(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, metavar="DIR", help="数据文件所在目录，层次不限")
    parser.add_argument("--out", type=Path, required=True, help="写到这个空目录，每类一个 CSV 文件")
    words = "只要这些类型，用逗号隔开；不写则是 CDSS 以外的全部"
    parser.add_argument("--only", metavar="KINDS", help=words)


def _offer_check(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", type=Path, nargs="+", metavar="FILE", help="要检查的数据文件")


def _offer_simulate(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--mines", type=int, required=True, help="几座煤矿")
    parser.add_argument("--points", type=int, help="每座煤矿几个测点")
    parser.add_argument(
        "--county", action="store_true", help="一个县的用电、产量等逐时逐日数据，不写测点文件"
    )
    parser.add_argument("--regime", default="plain", help="和 --county 合用：哪一种情形")
    parser.add_argument("--days", type=float, help="几天（默认 1，可以是小数；--county 默认 180）")
    parser.add_argument("--seed", type=int, default=1, help="随机种子，相同则文件相同（默认 1）")
    parser.add_argument("--out", type=Path, required=True, help="写到这个空目录；旁边另写 .truth")


def _replay(parser: VerbParser, options: argparse.Namespace) -> int:
    """Write the tables; the last line on standard error counts what was read."""
    from bihuan.telemetry.dialect import dialect  # noqa: PLC0415 - reads tables of dialects
    from bihuan.telemetry.episodes import KINDS  # noqa: PLC0415 - loads polars
    from bihuan.telemetry.packs import rules  # noqa: PLC0415 - the same
    from bihuan.telemetry.replay import replay  # noqa: PLC0415 - the same

    only = KINDS if options.only is None else tuple(options.only.replace(",", " ").split())
    unknown = [kind for kind in only if kind not in KINDS]
    if unknown or not only:
        parser.error(f"--only 不认识“{'、'.join(unknown)}”，可选：{_KINDS}")
    quality = _quality() if options.quality else None
    found = replay(
        options.folder,
        only=only,
        watchers=[quality] if quality else [],
        limits=rules(dialect()) if options.rules else (),
    )
    options.out.write_bytes(found.episodes_csv())
    if quality:
        options.quality.write_bytes(quality.sheet())
    if options.rejected:
        options.rejected.write_bytes(found.rejected_csv())
    sys.stderr.writelines(f"{sentence}\n" for sentence in _notes(found))
    sys.stderr.write(f"{found.counts}\n")
    return 0


def _quality() -> "Quality":
    from bihuan.telemetry.dialect import dialect  # noqa: PLC0415 - reads tables of dialects
    from bihuan.telemetry.quality import Quality  # noqa: PLC0415 - loads polars

    return Quality(dialect())


def _notes(found: "Replay") -> Iterator[str]:
    """What else is to be known of the files."""
    for kind, count in sorted(found.unparsed.items()):
        words = "字段顺序未见依据，只核对了文件名、编码和结尾"
        yield f"{kind} 文件 {count} 个未解析：{words}。"
    if found.ahead:
        yield f"读数 {found.ahead} 条比文件名的时间超前10分钟以上：照判，但不推进各矿的时钟。"
    if found.switched:
        yield f"门限 {found.switched} 处的解除值没有设或方向不对：按门限本身解除。"


def _compare(_parser: VerbParser, options: argparse.Namespace) -> int:
    """Write what a mine's system says otherwise than its readings do (TJSJ, YCBJ)."""
    from bihuan.telemetry.comparing import Comparing  # noqa: PLC0415 - loads polars
    from bihuan.telemetry.dialect import dialect  # noqa: PLC0415 - reads tables of dialects
    from bihuan.telemetry.replay import LIMIT_KINDS, replay  # noqa: PLC0415 - loads polars

    watcher = Comparing(dialect())
    found = replay(options.folder, only=LIMIT_KINDS, watchers=[watcher])
    options.out.write_bytes(watcher.sheet())
    for state, count in sorted(watcher.set_aside.items()):
        sys.stderr.write(f"YCBJ 异常类型 {state} 的记录 {count} 条不对照：它说的不是门限。\n")
    if watcher.rejected:
        sys.stderr.write(f"TJSJ、YCBJ 有 {len(watcher.rejected)} 条记录项数不对，没有对照。\n")
    compared = " ".join(f"{kind}={count}" for kind, count in sorted(watcher.compared.items()))
    sys.stderr.write(f"{compared} episodes={found.counts.episodes} ")
    sys.stderr.write(f"differences={len(watcher.found)}\n")
    return 0


def _tables(parser: VerbParser, options: argparse.Namespace) -> int:
    """Write each kind of file as a table that a spreadsheet opens."""
    from bihuan.telemetry.dialect import dialect  # noqa: PLC0415 - reads tables of dialects
    from bihuan.telemetry.tables import write_tables  # noqa: PLC0415 - loads polars

    only = () if options.only is None else tuple(options.only.replace(",", " ").split())
    unknown = [kind for kind in only if kind not in dialect().layouts]
    if unknown or (options.only is not None and not only):
        known = "、".join(dialect().layouts)
        parser.error(f"--only 不认识“{'、'.join(unknown)}”，可选：{known}")
    _demand_empty(parser, options.out)
    found = write_tables(options.folder, options.out, only=only)
    for kind, count in sorted(found.unparsed.items()):
        sys.stderr.write(f"{kind} 文件 {count} 个未解析，没有写成表格。\n")
    if found.rejected:
        sys.stderr.write(f"拒收 {len(found.rejected)} 处，见 rejected.csv。\n")
    records = " ".join(f"{kind}={count}" for kind, count in sorted(found.records.items()))
    sys.stderr.write(f"files={found.files} {records}".rstrip() + "\n")
    return 0


def _demand_empty(parser: VerbParser, out: Path) -> None:
    """Refuse to write among files that are there."""
    if out.exists() and any(out.iterdir()):
        parser.error(f"“{out}”里已有文件，请换一个空目录")


def _check(_parser: VerbParser, options: argparse.Namespace) -> int:
    """Say what is wrong with each file; 1 when anything is."""
    from bihuan.telemetry.checking import check, told  # noqa: PLC0415 - reads tables of dialects

    is_wrong = False
    for path in options.files:
        findings = check(path.read_bytes(), name=path.name)
        sys.stderr.write(told(findings, name=path.name))
        is_wrong |= any(one.is_fault for one in findings)
    return 1 if is_wrong else 0


def _simulate(parser: VerbParser, options: argparse.Namespace) -> int:
    """Write the files of invented mines and the truth about them."""
    from bihuan.telemetry.simulation.simulate import simulate, truth_beside  # noqa: PLC0415 - numpy

    if options.county:
        return _simulate_county(parser, options)
    options.days = 1.0 if options.days is None else options.days
    if not 1 <= options.mines <= MINES_MAX or not 1 <= (options.points or 0) <= POINTS_MAX:
        parser.error(f"--mines 应为1到{MINES_MAX}，--points 应为1到{POINTS_MAX}")
    if not 0 < options.days <= DAYS_MAX or options.seed < 0:
        parser.error(f"--days 应大于0、不超过{DAYS_MAX}，--seed 不能是负数")
    _demand_empty(parser, options.out)
    out = options.out.resolve()
    count = simulate(
        out, mines=options.mines, points=options.points, days=options.days, seed=options.seed
    )
    truth = truth_beside(options.out)
    sys.stderr.write(f"已写 {options.mines} 座模拟煤矿、{count} 条读数；真实情况在“{truth}”。\n")
    return 0


def _simulate_county(parser: VerbParser, options: argparse.Namespace) -> int:
    """Write what the mines of a county tell, and the truth about what they do."""
    from bihuan.telemetry.simulation.county import county  # noqa: PLC0415 - loads polars
    from bihuan.telemetry.simulation.county_files import write_county  # noqa: PLC0415 - the same
    from bihuan.telemetry.simulation.regimes import regimes  # noqa: PLC0415 - the same
    from bihuan.telemetry.simulation.simulate import truth_beside  # noqa: PLC0415 - the same

    known = regimes()
    days = COUNTY_DAYS if options.days is None else int(options.days)
    if options.regime not in known:
        parser.error(f"--regime 不认识“{options.regime}”，可选：{'、'.join(known)}")
    if not 1 <= options.mines <= COUNTY_MINES_MAX or options.points is not None:
        parser.error(f"--county 时 --mines 应为1到{COUNTY_MINES_MAX}，没有 --points")
    if not COUNTY_DAYS_MIN <= days <= DAYS_MAX or options.seed < 0:
        parser.error(f"--county 时 --days 应为{COUNTY_DAYS_MIN}到{DAYS_MAX}，--seed 不能是负数")
    _demand_empty(parser, options.out)
    made = county(options.seed, mines=options.mines, days=days, regime=known[options.regime])
    write_county(made, options.out.resolve())
    truth = truth_beside(options.out)
    told = f"已写 {options.mines} 座模拟煤矿、{days} 天、{len(made.hours)} 条逐时数据"
    sys.stderr.write(f"{told}；真实情况在“{truth}”。\n")
    return 0
