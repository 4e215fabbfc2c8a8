"""Shapes of persons underground."""

from typing import Annotated

from ninja import Schema
from pydantic import ConfigDict, Field

from bihuan.api.moments import Moment

PERSONS_MAX = 5000
ENTRIES_MAX = 5000
Code = Annotated[str, Field(pattern=r"^[0-9]{12}$", description="煤矿编码，12位数字")]
Card = Annotated[str, Field(pattern=r"^[0-9A-Za-z]{1,24}$", description="人员卡编码")]


class Told(Schema):
    """A body in which nothing unknown is taken."""

    model_config = ConfigDict(extra="forbid")


class PositionIn(Told):
    """一张在井下的人员卡。"""

    card: Card
    area: str = Field(
        default="", pattern=r"^([0-9]{16})?$", description="区域编码，16位；不知道的留空"
    )
    entered_at: Moment | None = Field(default=None, description="入井时刻")
    area_entered_at: Moment | None = Field(default=None, description="进入当前区域时刻")
    spot: str = Field(default="", max_length=48, description="基站和距离；没有的留空")


class PositionsIn(Told):
    """某一时刻井下的全部人员；不写时区的时刻是北京时间。"""

    mine: Code
    at: Moment
    persons: list[PositionIn] = Field(max_length=PERSONS_MAX)


class PositionsOut(Schema):
    """收下的人数，其中位置不明的，是否重复，因此发出的超员告警。"""

    total: int
    unplaced: int
    repeated: bool
    alarms: int


class EntryIn(Told):
    """一次入井。"""

    at: Moment
    point: str = Field(min_length=1, max_length=40, description="入井口，和台账里的名称一致")
    card: Card
    person: str = Field(
        default="",
        pattern=r"^[0-9A-Za-z-]{0,16}$",
        description="本矿工号，最多16位；没有识别身份的留空",
    )


class EntriesIn(Told):
    """一批入井记录。"""

    mine: Code
    entries: list[EntryIn] = Field(max_length=ENTRIES_MAX)


class EntriesOut(Schema):
    """新记下的和早已有的条数。"""

    stored: int
    repeated: int
