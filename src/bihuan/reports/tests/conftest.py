"""What every test of the tables starts from: leads of a day, and reading a workbook back."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from python_calamine import CalamineWorkbook
from tests.people import County

from bihuan.language.clock import SHANGHAI
from bihuan.matters.engine import open_matter, take_step
from bihuan.matters.models import Matter

HOUR = timedelta(hours=1)
START = datetime(2026, 3, 1, 1, 0, tzinfo=UTC)  # 09:00 in Shanghai
NEXT_DAY = datetime(2026, 3, 2, 8, 0, tzinfo=SHANGHAI)
type Opener = Callable[..., Matter]


@pytest.fixture
def lead(county: County) -> Opener:
    """Open a lead at a moment; with `registered` it gets number, summary and type."""

    def opened(
        at: datetime = START,
        *,
        registered: bool = True,
        source: str = "举报电话",
        kind: str = "重大事故隐患",
        stage: str = "",
        site: str = "xingwang",
    ) -> Matter:
        matter = open_matter(
            "lead",
            by=county.actor("intake"),
            now=at,
            answers={"source": source, "channel": "phone", "reporter_kind": "public"},
            region_id=county.region.pk,
            at_stage=stage,
        )
        return register(county, matter, at=at, kind=kind, site=site) if registered else matter

    return opened


def register(
    county: County,
    matter: Matter,
    *,
    at: datetime = START,
    kind: str = "重大事故隐患",
    site: str = "xingwang",
) -> Matter:
    return take_step(
        matter.pk,
        "register",
        by=county.actor("intake"),
        now=at,
        answers={
            "title": "反映夜班超定员",
            "summary": "夜班302掘进工作面下井人数超过规定。",
            "type": kind,
            "source": matter.source or "举报电话",
            "site": county.sites[site].pk,
        },
    )


def hand_over(
    county: County, matter: Matter, *, at: datetime = START, unit: str = "coal"
) -> Matter:
    take_step(
        matter.pk,
        "classify",
        by=county.actor("office"),
        now=at,
        answers={"unit": county.units[unit].pk, "locality": county.regions["north"].pk},
    )
    return take_step(
        matter.pk,
        "hand_over",
        by=county.actor("office"),
        now=at,
        answers={"letter_source": "public"},
    )


def find(county: County, matter: Matter, *, at: datetime, **results: object) -> None:
    """Acknowledge and record findings."""
    if Matter.objects.get(pk=matter.pk).stage == "assigned":
        take_step(matter.pk, "acknowledge", by=county.actor("receiver"), now=at)
    take_step(
        matter.pk,
        "record_findings",
        by=county.actor("handler"),
        now=at,
        answers={
            "finding": "属实",
            "verified_facts": "现场核查，超过限员。",
            "measures": ["停产整顿并挂牌督办"],
            **results,
        },
    )


def cells_of(data: bytes) -> list[list[str]]:
    """Every row of the first sheet as texts."""
    book = CalamineWorkbook.from_filelike(BytesIO(data))
    return [[str(cell) for cell in row] for row in book.get_sheet_by_index(0).to_python()]
