"""Two counties with one of everything an address can name, so that each route has its arguments."""

import io
import zipfile
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.core import signing
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image

from bihuan.accounts.models import Grant
from bihuan.api import callers
from bihuan.api.rates import Rate
from bihuan.api.tokens import make_token
from bihuan.desk.importing import SALT
from bihuan.desk.models import SavedView
from bihuan.disclosure.models import Snapshot
from bihuan.exchange.models import Mirrored, Peer
from bihuan.exchange.told_trail import joined
from bihuan.jobs.asking import ask
from bihuan.jobs.running import run_next
from bihuan.leads import public_counters, unlocking
from bihuan.leads.allowance import Allowance
from bihuan.leads.evidence import IncomingFile
from bihuan.leads.key_ring import make_key
from bihuan.leads.models import Envelope
from bihuan.leads.sealing import Purpose
from bihuan.leads.stretching import Cost
from bihuan.leads.tips import Filed, TipOff, file_tip
from bihuan.matters import files
from bihuan.matters.attachments import attach
from bihuan.matters.engine import open_matter, take_step
from bihuan.matters.identity import to_code
from bihuan.matters.models import Entry, Matter, Outbox, PaperCopy
from bihuan.matters.record_files import keep_file
from bihuan.matters.records import write_record
from bihuan.monitoring.alarms.following import try_again
from bihuan.monitoring.alarms.tables import Episode
from bihuan.regulations.models import Adoption
from tests.clauses.mine import METHANE, Mine
from tests.people import NOW, SINCE, County

CHEAP = Cost(memory_kib=64, passes=1, lanes=1)
PASSPHRASE = "南坡第三棵核桃树下的石头"
AT = datetime(2026, 3, 3, 2, 0, tzinfo=UTC)
DAY = timedelta(days=1)
TITLE = "反映七里坡七号井口夜班超定员组织生产"
SUMMARY = "七里坡七号井口夜班下井人数超过规定，带班领导没有下井。"
FACTS = "七里坡现场核查，夜班下井二十六人，超过限员。"
MARK = "七里坡"  # stands in every text of the county's own


@dataclass
class World:
    """A county, its neighbour, and the arguments of every route that names something of it."""

    county: County
    neighbour: County
    lead: Matter
    closed: Matter
    filed: Filed
    args: dict[str, Any] = field(default_factory=dict)
    clients: dict[str, Client] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)

    def desk(self, account: str) -> Client:
        """A browser signed in as an account; `neighbour:office` is next door's."""
        if account not in self.clients:
            client = Client(raise_request_exception=False)
            if account:
                client.force_login(self._user(account))
            self.clients[account] = client
        return self.clients[account]

    def opened(self, account: str, purpose: str) -> Client:
        """A browser in which the person has opened his key."""
        client = self.desk(account)
        words = {"purpose": purpose, "passphrase": PASSPHRASE}
        assert client.post("/desk/keys/unlock", words).status_code == 302
        return client

    def program(self, account: str) -> Client:
        """A program with the account's token."""
        if account and account not in self.tokens:
            _row, text = make_token(self._user(account), name="测试", days=365, now=NOW)
            self.tokens[account] = text
        headers = {"Authorization": f"Bearer {self.tokens[account]}"} if account else {}
        return Client(headers=headers, raise_request_exception=False)

    def marks(self) -> tuple[str, ...]:
        """Words by which anything of the county is known in an answer to a neighbour."""
        codes = (to_code(self.lead.pk), to_code(self.closed.pk))
        return (MARK, self.county.name, self.lead.number, *codes)

    def _user(self, account: str) -> Any:
        home, _, name = account.rpartition(":")
        return (self.neighbour if home else self.county).users[name]


def photo() -> bytes:
    """A small picture."""
    out = io.BytesIO()
    Image.effect_noise((64, 48), 60).convert("RGB").save(out, "JPEG")
    return out.getvalue()


def fresh_allowances(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test eats another's allowance."""
    monkeypatch.setattr(unlocking, "_tries", Allowance(per_hour=10_000))
    monkeypatch.setattr(
        public_counters, "_tips", Allowance(per_hour=10_000, per_hour_with_work=10_000)
    )
    monkeypatch.setattr(public_counters, "_look_ups", Allowance(per_hour=10_000))
    monkeypatch.setattr(callers, "_rate", Rate(per_minute=1_000_000, burst=1_000_000))


def settle_world(county: County, neighbour: County) -> World:
    """Fill both counties; the neighbour opens first, so no number is the same in both."""
    for home in (county, neighbour):
        for account, purpose in (
            ("custodian", Purpose.IDENTITY),
            ("intake", Purpose.ACCOUNT),
            ("office", Purpose.ACCOUNT),
        ):
            by = home.actor(account)
            make_key(purpose, by=by, now=NOW, passphrase=PASSPHRASE, again=PASSPHRASE, cost=CHEAP)
    _give_region_reach(county)
    closed = _closed_lead(county)
    filed = file_tip(
        TipOff(words=SUMMARY, name="欧阳举贤", phone="19900004417",
               files=(IncomingFile(name="a.jpg", data=photo()),)),
        now=NOW, region_id=county.region.pk,
    )  # fmt: skip
    lead = _handed_over(county, filed.matter)
    world = World(county=county, neighbour=neighbour, lead=lead, closed=closed, filed=filed)
    _define_a_point()
    world.args = _args(world)
    return world


def accuse(world: World) -> None:
    """Correct the lead: it is about the leader himself and about the section for non-coal mines."""
    county = world.county
    case_answers = {
        "title": TITLE,
        "summary": SUMMARY,
        "type": "重大事故隐患",
        "source": "举报电话",
        "accused_person": county.users["leader"].person_id,
        "accused_unit": county.units["noncoal"].pk,
    }
    about = _opened(county)
    intake = county.actor("intake")
    take_step(about.pk, "register", by=intake, now=NOW, answers=case_answers)
    world.lead = _hand_over(county, about)
    world.args = _args(world)


def texts_of(answer: Any) -> str:
    """Everything an answer says, packages unpacked."""
    data = b"".join(answer.streaming_content) if answer.streaming else answer.content
    said = [data.decode("utf-8", "replace"), *(f"{k}: {v}" for k, v in answer.items())]
    if data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            said += [package.read(name).decode("utf-8", "replace") for name in package.namelist()]
    return "\n".join(said)


def written(captured: CaptureQueriesContext) -> list[str]:
    """Statements that change a table, those of a sign-in and of a token's use apart."""
    spared = ("django_session", "api_token", "accounts_signin", "accounts_sitting", "last_login")
    return [
        query["sql"][:200]
        for query in captured.captured_queries
        if query["sql"].lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE", "REPLACE"))
        and not any(name in query["sql"] for name in spared)
    ]


def _give_region_reach(county: County) -> None:
    """A head of the accused section who also sees the whole county, but for recusal."""
    user, unit = county.users["head2"], county.units["noncoal"]
    Grant.objects.create(user=user, role="leader", unit=unit, region=county.region, from_on=SINCE)


def _opened(county: County) -> Matter:
    answers = {"source": "举报电话", "channel": "phone", "reporter_kind": "public"}
    by = county.actor("intake")
    return open_matter("lead", by=by, now=NOW, answers=answers, region_id=county.region.pk)


def _registered(county: County, lead: Matter) -> Matter:
    answers = {
        "title": TITLE,
        "summary": SUMMARY,
        "type": "重大事故隐患",
        "source": "举报电话",
        "site": county.sites["xingwang"].pk,
    }
    return take_step(lead.pk, "register", by=county.actor("intake"), now=NOW, answers=answers)


def _hand_over(county: County, lead: Matter) -> Matter:
    office, receiver = county.actor("office"), county.actor("receiver")
    place = {"unit": county.units["coal"].pk, "locality": county.regions["north"].pk}
    take_step(lead.pk, "classify", by=office, now=NOW, answers=place)
    take_step(lead.pk, "hand_over", by=office, now=NOW, answers={"letter_source": "public"})
    take_step(lead.pk, "acknowledge", by=receiver, now=NOW)
    attach(lead.pk, photo(), f"{MARK}现场.jpg", by=county.actor("handler"), now=NOW)
    return Matter.objects.get(pk=lead.pk)


def _handed_over(county: County, lead: Matter) -> Matter:
    return _hand_over(county, _registered(county, lead))


def _closed_lead(county: County) -> Matter:
    lead = _handed_over(county, _opened(county))
    handler, office, later = county.actor("handler"), county.actor("office"), NOW + DAY
    findings = {"finding": "不属实", "verified_facts": FACTS}
    take_step(lead.pk, "record_findings", by=handler, now=NOW, answers=findings)
    take_step(lead.pk, "request_signature", by=handler, now=NOW)
    take_step(lead.pk, "sign", by=county.actor("head"), now=NOW)
    take_step(lead.pk, "report_back", by=handler, now=later)
    take_step(lead.pk, "accept_report", by=office, now=later)
    for child in Matter.objects.filter(parent=lead, kind__startswith="publication_"):
        text = {"text": "群众反映该矿夜班人数超过规定，已组织核查。"}
        take_step(child.pk, "submit", by=office, now=later, answers=text)
        checked = {
            "personal_data_checked": "是",
            "transfer_checked": "是",
            "published_on": "2026-03-02",
            "medium": "县政府网站",
        }
        take_step(child.pk, "release", by=county.actor("publisher"), now=later, answers=checked)
    reason = {"accountability": "不涉及，举报不属实。"}
    take_step(lead.pk, "record_accountability", by=office, now=later, answers=reason)
    return take_step(lead.pk, "close", by=office, now=later)


def _view(county: County) -> SavedView:
    kept = {"kind": "lead", "name": f"{MARK}逾期", "query": "?tab=late", "kept_at": AT}
    view, _new = SavedView.objects.get_or_create(user=county.users["office"], **kept)
    return view


def _job(county: County) -> str:
    """Long work of the office's that is done; its result holds the county's leads."""
    order = {"kind": "lead", "form": "csv", "query": {"tab": "all"}}
    job = ask("export", order, title=f"导出{MARK}", by=county.actor("office"), now=NOW)
    assert run_next() == job
    return job.code


def _define_a_point() -> None:
    """A point of the county's mine, as the mine's files define it."""
    inbox = Path(settings.HOME) / "inbox"
    inbox.mkdir()
    mine = Mine(inbox)
    mine.define(METHANE)
    mine.ingest()


def _alarm(county: County) -> Matter:
    """An alarm of the county's mine, as its readings open one."""
    site = county.sites["qingshiling"]
    row, _is_new = Episode.objects.get_or_create(
        id=1,
        defaults={
            "mine": site.code,
            "site": site,
            "point": f"{site.code}01MN000100000001",
            "kind": "upper_limit",
            "level": "alarm",
            "place": f"{MARK}回风巷",
            "sensor": "甲烷",
            "unit": "%CH4",
            "limit": 1.0,
            "peak": 1.2,
            "started_at": NOW,
            "state": "standing",
        },
    )
    if row.matter is None:
        try_again(now=NOW)
        row.refresh_from_db()
    matter = row.matter
    assert matter is not None
    return matter


def _args(world: World) -> dict[str, Any]:
    county, lead = world.county, world.lead
    office = county.actor("office")
    kept = keep_file(photo(), name=f"{MARK}牌.jpg", by=office, now=NOW)
    record = write_record(
        "reward_notice",
        by=office,
        now=NOW,
        facts={
            "site": county.sites["xingwang"].pk,
            "place": "入井井口",
            "state": "已张贴",
            "valid_from": "2026-02-20",
            "photo": [kept.pk],
            "note": f"{MARK}井口处，清楚。",
        },
    )
    sealed = Envelope.objects.filter(matter=world.filed.matter)
    user = county.users["handler"]
    told = {"digest": files.keep(MARK.encode()), "user": county.users["office"].pk, "kind": "lead"}
    return {
        "lead": to_code(lead.pk),
        "alarm": to_code(_alarm(county).pk),
        "mine": county.sites["qingshiling"].pk,
        "point": METHANE,
        "tip": to_code(world.filed.matter.pk),
        "file": lead.files.get().pk,
        "paper": PaperCopy.objects.filter(matter=lead).order_by("pk")[0].pk,
        "record": to_code(record.pk),
        "kept": kept.pk,
        "view": sealed.get(purpose="account", part="file-1").pk,
        "held": sealed.get(purpose="identity", part="file-1").pk,
        "user": user.pk,
        "grant": Grant.objects.filter(user=user)[0].pk,
        "site": county.sites["xingwang"].pk,
        "unit": county.units["coal"].pk,
        "adoption": Adoption.objects.filter(region=county.region)[0].pk,
        "snapshot": Snapshot.objects.order_by("pk")[0].pk,
        "saved": _view(county).pk,
        "notice": Outbox.objects.filter(channel="desk")[0].pk,
        "receipt": world.filed.receipt,
        "mirrored": _mirrored(county, lead).pk,
        "job": _job(county),
        "errors": signing.dumps({**told, "name": "a.xlsx"}, salt=SALT),
    }


def _mirrored(county: County, lead: Matter) -> Mirrored:
    """The lead as a county would have reported it to whoever reads the county."""
    entries = Entry.objects.filter(matter_id=lead.pk).order_by("seq")
    bodies = [bytes(body) for body in entries.values_list("body", flat=True)]
    told = {"role": "county", "name": f"{MARK}县局", "region": county.region, "trusted_at": NOW}
    peer, _new = Peer.objects.get_or_create(
        key_id="aa" * 8, defaults={**told, "sign": bytes(32), "seal": bytes(32)}
    )
    values = {
        "kind": "lead", "title": TITLE, "stage": lead.stage, "is_open": True, "opened_at": NOW,
        "last_seq": len(bodies), "trail": joined(bodies),
    }  # fmt: skip
    row, _new = Mirrored.objects.get_or_create(peer=peer, matter_id=lead.pk, defaults=values)
    return row


def counts() -> dict[str, int]:
    """Rows of every table; sessions, sign-ins and who read what apart."""
    spared = ("Session", "SignIn", "Sitting", "Token", "Viewing")
    return {
        model._meta.label: model._default_manager.count()  # noqa: SLF001 - Django's own names
        for model in apps.get_models()
        if model.__name__ not in spared
    }
