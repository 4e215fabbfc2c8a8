"""What a finding of personal data is: its kind, its place and the words it covers."""

from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple


class Kind(Enum):
    """The kinds of personal data, with the label that clerks read."""

    PHONE = "电话"
    ID = "证件号"
    PLATE = "车牌"
    CHAT = "社交账号"
    EMAIL = "邮箱"
    BANK = "银行卡"
    NAME = "姓名"
    ADDRESS_FORM = "称呼"
    HOME = "住址"


@dataclass(frozen=True)
class Mark:
    """One stretch of the original text, `start` inclusive and `end` exclusive."""

    start: int
    end: int
    kind: Kind
    text: str


class Found(NamedTuple):
    """A finding in the folded text, before it is mapped back."""

    start: int
    end: int
    kind: Kind
