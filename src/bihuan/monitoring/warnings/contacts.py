"""Whom to call at a mine (叫应联系人): in order, with post and phone, dated; at the mine itself."""

from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple

from bihuan.language.field import Field, Kind
from bihuan.language.loop import Guard
from bihuan.language.parameter import Option
from bihuan.language.words import Ledger
from bihuan.matters.records import RecordCase, valid_on

KEY = "mine_contact"
AT_MINE, AT_COMPANY = "mine", "company"
SERVES_AT = (Option(key=AT_MINE, label="本矿"), Option(key=AT_COMPANY, label="上级公司"))


class Contact(NamedTuple):
    """Somebody to be called: order, name, post, phone, and whether the post is at the mine."""

    order: int
    name: str
    post: str
    phone: str
    is_at_mine: bool

    @property
    def words(self) -> str:
        """Name, post and phone as they stand in a call record."""
        return f"{self.name}（{self.post}）{self.phone}".strip()


def order_is_counted_from_one(case: RecordCase) -> bool:
    """The first to be called is 1."""
    return int(case.answers.get("order") or 0) >= 1


def order_is_free(case: RecordCase) -> bool:
    """No two contacts of a mine are called at the same place of the list."""
    taken = valid_on(case.today).filter(
        ledger=KEY, site_id=case.answers["site"], facts__order=case.answers["order"]
    )
    return not taken.exclude(pk=case.record.pk).exists()


def contacts_of(site_ids: Iterable[int], *, on: date) -> dict[int, list[Contact]]:
    """Contacts in post on a day by site, in the order of calling; every site has an entry."""
    found: dict[int, list[Contact]] = {site_id: [] for site_id in site_ids}
    rows = valid_on(on).filter(ledger=KEY, site_id__in=found).order_by("id")
    for site_id, facts in rows.values_list("site_id", "facts"):
        found[site_id].append(_contact(facts))
    return {site_id: sorted(contacts) for site_id, contacts in found.items()}


def callable_of(contacts: Iterable[Contact]) -> list[Contact]:
    """Those who may be called: with a post at the mine itself."""
    return [contact for contact in contacts if contact.is_at_mine]


def _contact(facts: dict[str, Any]) -> Contact:
    return Contact(
        order=int(facts["order"]),
        name=str(facts["name"]),
        post=str(facts["post"]),
        phone=str(facts.get("phone") or ""),
        is_at_mine=facts["serves_at"] == AT_MINE,
    )


MINE_CONTACT = Ledger(
    key=KEY,
    label="叫应联系人",
    title="name",
    subject="site",
    expected="mines",
    write_by=("watch", "office", "firm"),
    fields=(
        Field(key="site", label="矿山", kind=Kind.SITE, required=True),
        Field(key="name", label="姓名", required=True, max_length=40),
        Field(key="post", label="岗位", required=True, max_length=40, hint="例如：调度主任、矿长"),
        Field(
            key="serves_at",
            label="任职处",
            kind=Kind.CHOICE,
            options=SERVES_AT,
            required=True,
            hint="预警叫应只叫在本矿任职的人；公司人员可登记，不作被叫应人",
        ),
        Field(key="phone", label="电话", required=True, max_length=30),
        Field(
            key="order",
            label="叫应顺序",
            kind=Kind.INTEGER,
            required=True,
            hint="从 1 起，逐个叫应",
        ),
        Field(key="valid_from", label="任职自", kind=Kind.DAY, required=True),
        Field(key="valid_until", label="任职至", kind=Kind.DAY, hint="不填表示在岗"),
    ),
    guards=(
        Guard(holds=order_is_counted_from_one, otherwise="叫应顺序从 1 起，请改后再保存。"),
        Guard(
            holds=order_is_free,
            otherwise="本矿已有联系人排在这一顺序，请换一个顺序，或先改那条记录。",
        ),
    ),
    basis=("AY-23-8", "AY-09-3"),
)
