"""The command line: one verb each. Exit codes: 0 fine, 1 findings, 2 wrong use."""

import os
import sys
from collections.abc import Callable
from pathlib import Path

from bihuan.config.databases import take_role
from bihuan.config.gate import run_gate
from bihuan.config.soak import run_soak
from bihuan.config.telemetry_verbs import run_telemetry
from bihuan.config.verbs import EXIT_CODES, run_verb
from bihuan.config.wrong import WrongSetting

VERBS = {
    "serve": "启动服务（--demo 带演示县）",
    "test": "检查代码并运行测试（--all 含慢测试）",
    "init": "准备数据目录（--demo 装入演示县）",
    "tick": "时钟巡检一次（--as-of 指定时刻）",
    "status": "运行状况：时钟、发件、数据库、对时",
    "trace": "列出条款、声明和测试",
    "check": "检查声明",
    "loops": "生成闭环图",
    "verify": "校验留痕和日封",
    "seal": "日封到昨日（--export 存一份供外部保管）",
    "backup": "备份到一个文件（服务不必停）",
    "restore": "从备份恢复到空的数据目录",
    "import": "从 Excel 或 CSV 导入事项，或产量用电等数据（series）",
    "positions": "把人员位置文件（RYSS）计入下井人数",
    "ponds": "收尾矿库两套系统导出的表格",
    "report": "出一张报表（Excel）",
    "exchange": "与另一套系统交换：内外网之间、县报市",
    "user": "建账号、发设密链接、授权、停用",
    "telemetry": "监测数据：ingest 接收，replay 回放，check 检查，simulate 模拟",
    "shots": "给每个页面拍图",
    "bench": "测速：fill 填数据，desk 测量",
    "soak": "足量的可靠性测试（可中断续跑，结果写入 bench/README.md）",
}
# These run without settings and read their options themselves.
OWN_PARSERS: dict[str, Callable[[list[str]], int]] = {
    "test": run_gate,
    "soak": run_soak,
    "telemetry": run_telemetry,
}
DEMO_HOME = Path(__file__).resolve().parents[3] / "var" / "demo"


def main(arguments: list[str] | None = None) -> int:
    """Run a verb; returns the exit code."""
    given = sys.argv[1:] if arguments is None else arguments
    if not given or given[0] in ("-h", "--help", "help"):
        _usage()
        return 0 if given else 2
    verb, *rest = given
    if verb not in VERBS:
        sys.stderr.write(f"没有“{verb}”这个命令。\n\n")
        _usage()
        return 2
    if verb in OWN_PARSERS:
        return OWN_PARSERS[verb](rest)
    if verb in ("serve", "init") and "--demo" in rest:
        # A demonstration never mixes with a real deployment: it has a data folder of its own.
        os.environ.setdefault("BIHUAN_HOME", str(DEMO_HOME))
        os.environ["BIHUAN_MODE"] = "demo"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bihuan.config.settings")
    try:
        take_role(verb, os.environ)
    except WrongSetting as wrong:
        sys.stderr.write(f"{wrong}\n")
        return 2
    return run_verb(verb, rest)


def _usage() -> None:
    lines = [f"  {verb:<8} {text}" for verb, text in VERBS.items()]
    sys.stderr.write(
        "用法：./bihuan 命令 [选项]，每个命令都有 --help\n\n"
        + "\n".join(lines)
        + f"\n\n{EXIT_CODES}\n"
    )
