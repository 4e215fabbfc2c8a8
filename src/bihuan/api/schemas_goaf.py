"""What is sent and answered about goaf readings."""

from ninja import Field, Schema

from bihuan.api.moments import Moment
from bihuan.api.schemas_positions import Code, Told

ITEMS_MAX = 500


class GoafReadingIn(Told):
    """一个读数；value 是十进制数的文字，例如 "24.5"。"""

    point: str = Field(max_length=40, description="测点编码，与台账一致")
    at: Moment
    value: str = Field(max_length=24)


class GoafReadingsIn(Told):
    """一座矿的读数。"""

    mine: Code
    items: list[GoafReadingIn] = Field(max_length=ITEMS_MAX)


class GoafReadingsOut(Schema):
    """收到、记下、重复、超过限值、未设限各几个，未收的写明原因。"""

    received: int
    kept: int
    repeated: int
    above: int
    without_limit: int
    refused: list[str]
