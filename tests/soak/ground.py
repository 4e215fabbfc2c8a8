"""What suites stand on: an empty deployment, a county, leads handed over by its people."""

import random
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction

from bihuan.language.clock import SHANGHAI
from bihuan.leads.key_ring import make_key
from bihuan.leads.sealing import Purpose
from bihuan.leads.stretching import Cost
from bihuan.matters.engine import open_matter, take_step
from bihuan.matters.models import Matter
from tests.people import County, settle_county

TEXT = "现场核查，夜班下井人数超过规定，已责令改正。"
SUMMARY = "兴旺煤矿夜班302掘进工作面下井人数超过规定，带班领导没有下井。"
CHEAP = Cost(memory_kib=64, passes=1, lanes=1)
PASSPHRASE = "南坡第三棵核桃树下埋着一把旧钥匙"


def settle() -> County:
    """Migrate an empty database and settle 青石县, ready to take tip-offs."""
    for name in ("files", "secrets", "backups"):
        (settings.HOME / name).mkdir(parents=True, exist_ok=True, mode=0o700)
    call_command("migrate", verbosity=0, interactive=False)
    with transaction.atomic():
        county = settle_county()
        for account, purpose in (
            ("custodian", Purpose.IDENTITY),
            ("intake", Purpose.ACCOUNT),
            ("office", Purpose.ACCOUNT),
        ):
            make_key(
                purpose,
                by=county.actor(account),
                now=datetime.fromisoformat("2026-03-01T09:00:00+08:00"),
                passphrase=PASSPHRASE,
                again=PASSPHRASE,
                cost=CHEAP,
            )
    return county


def drawn(seed: int, suite: str, number: int) -> random.Random:
    """The dice of one round: the same for the same seed, suite and number."""
    return random.Random(f"{seed}/{suite}/{number}")  # noqa: S311


def opening(county: County) -> dict[str, Any]:
    """Answers that open a lead."""
    return {
        "source": "举报电话",
        "channel": "phone",
        "reporter_kind": "public",
        "reporter_reachable": "是",
        "site": county.sites["xingwang"].pk,
    }


def registering(county: County, title: str) -> dict[str, Any]:
    """Answers that register a lead."""
    return {
        "title": title,
        "summary": SUMMARY,
        "type": "重大事故隐患",
        "source": "举报电话",
        "site": county.sites["xingwang"].pk,
    }


def opened(county: County, now: datetime) -> Matter:
    """A lead as the intake desk opens it."""
    by = county.actor("intake", on=now.date())
    return open_matter("lead", by=by, now=now, answers=opening(county), region_id=county.region.pk)


def press(
    county: County, account: str, lead: Matter, step: str, now: datetime, **given: Any
) -> None:
    """One step by one of the county's people."""
    by = county.actor(account, on=now.date())
    take_step(lead.pk, step, by=by, now=now, answers=given)


def handed_over(county: County, now: datetime, *, title: str = "反映兴旺煤矿夜班超定员") -> Matter:
    """A lead opened, registered, classified and handed over within four minutes."""
    lead = opened(county, now)
    minute = timedelta(minutes=1)
    press(county, "intake", lead, "register", now + minute, **registering(county, title))
    places = {"unit": county.units["coal"].pk, "locality": county.regions["north"].pk}
    press(county, "office", lead, "classify", now + 2 * minute, **places)
    press(county, "office", lead, "hand_over", now + 3 * minute, letter_source="public")
    return lead


def reported_back(county: County, now: datetime) -> Matter:
    """A lead that was found true, signed and reported back, within ten minutes."""
    lead = handed_over(county, now)
    found = {
        "finding": "属实",
        "verified_facts": TEXT,
        "measures": ["停产整顿并挂牌督办"],
        "result_penalty": "50000",
    }
    for minute, account, step, given in (
        (4, "receiver", "acknowledge", {}),
        (5, "handler", "record_findings", found),
        (6, "handler", "request_signature", {}),
        (7, "head", "sign", {}),
        (8, "handler", "report_back", {}),
    ):
        press(county, account, lead, step, now + timedelta(minutes=minute), **given)
    return lead


def closed(county: County, now: datetime) -> Matter:
    """Such a lead, accepted, published and closed within the hour."""
    lead = reported_back(county, now)
    later = now + timedelta(minutes=9)
    press(county, "office", lead, "accept_report", later)
    checked = {
        "personal_data_checked": "是",
        "transfer_checked": "是",
        "published_on": later.astimezone(SHANGHAI).date().isoformat(),
        "medium": "县政府网站",
    }
    for child in Matter.objects.filter(parent=lead, kind__startswith="publication_").order_by("id"):
        press(county, "office", child, "submit", later, text="群众反映的问题已组织核查。")
        press(county, "publisher", child, "release", later, **checked)
    press(county, "office", lead, "record_accountability", later, accountability="不涉及。")
    press(county, "office", lead, "close", later)
    return lead


def rewarded(county: County, now: datetime) -> Matter:
    """Such a lead, accepted, and the reward that a leader decided on, within the hour."""
    lead = reported_back(county, now)
    press(county, "office", lead, "accept_report", now + timedelta(minutes=9))
    reward = Matter.objects.get(parent=lead, kind="reward")
    asked = {"rule_cited": "奖励办法", "proposed_amount": "3000"}
    press(county, "office", reward, "propose", now + timedelta(minutes=10), **asked)
    decided = {"amount": "3000", "decision": "同意奖励。"}
    press(county, "leader", reward, "decide", now + timedelta(minutes=11), **decided)
    return reward


def is_sqlite() -> bool:
    """Which of the two databases the suite stands on."""
    return connection.vendor == "sqlite"
