"""Long work to be measured or broken off: a table of leads and the order to import it."""

from bench.steps import Bench
from bihuan.desk.long_imports import ask_import
from bihuan.jobs.models import Job
from bihuan.matters.declarations import catalog

HEADS = ("标题", "线索摘要", "举报类型", "举报来源", "举报人类别", "涉及企业", "收到时间")


def table_of(count: int, *, wrong_every: int = 0, mark: str = "") -> bytes:
    """A table of so many leads; every so manieth lacks its title."""
    lines = [",".join(HEADS)]
    for n in range(1, count + 1):
        is_wrong = wrong_every and n % wrong_every == 0
        title = "" if is_wrong else f"反映北坡煤矿{mark}{n}号工作面夜班超定员组织生产"
        summary = f"北坡煤矿{mark}{n}号工作面夜班下井人数超过规定，带班领导没有下井。"
        lines.append(f"{title},{summary},重大事故隐患,来信,群众,北坡煤矿,2026-11-01")
    return "\n".join(lines).encode()


def order_import(bench: Bench, data: bytes, *, name: str = "线索.csv") -> Job:
    """Put the table in the queue, as the desk does."""
    return ask_import(catalog().loop("lead"), data, name=name, by=bench.actors["intake"])
