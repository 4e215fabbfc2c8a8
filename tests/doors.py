"""The doors that a user or script uses: the API with a token, at a stated moment."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.test import Client

from bihuan.accounts.models import Grant
from bihuan.api import callers
from bihuan.api.rates import Rate
from bihuan.api.tokens import make_token
from bihuan.language.clock import SHANGHAI
from bihuan.matters.identity import from_code, to_code
from bihuan.matters.models import Matter
from bihuan.matters.moment import standing_at
from bihuan.matters.ticking import tick
from tests.people import SINCE, County

TEXT = "现场核查，夜班下井人数超过规定，已责令改正。"


def march(day: int, hour: int = 9, minute: int = 0, second: int = 0) -> datetime:
    """A moment of March 2026 in Shanghai; day 32 is 1 April."""
    month, day = (3, day) if day <= 31 else (4, day - 31)
    return datetime(2026, month, day, hour, minute, second, tzinfo=SHANGHAI)


class DoorClosedError(AssertionError):
    """A step was refused; `status` and `sentence` are what the caller was told."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(f"{status} {sentence}")
        self.status, self.sentence = status, sentence


@dataclass
class Door:
    """Calls of the people of one county, each with a token of his own."""

    county: County
    tokens: dict[str, str] = field(default_factory=dict)

    def call(self, account: str, method: str, path: str, at: datetime, body: Any = None) -> Any:
        """Call the API; raises DoorClosedError with the sentence of the problem."""
        callers._rate = Rate(per_minute=100_000, burst=100_000)  # noqa: SLF001 - many calls a test
        with standing_at(at):
            token = self._token(account, at)
            client = Client(headers={"Authorization": f"Bearer {token}"})
            options = {} if body is None else {"data": body, "content_type": "application/json"}
            answer = getattr(client, method)(f"/api/v1/{path}", **options)
        if answer.status_code >= 400:
            raise DoorClosedError(answer.status_code, answer.json()["detail"])
        return answer.json()

    def press(
        self, account: str, matter: Matter, step: str, at: datetime, **answers: Any
    ) -> Matter:
        """Take a step; returns the matter as it stands then."""
        code = to_code(matter.pk)
        self.call(account, "post", f"matters/{code}/steps/{step}", at, {"answers": answers})
        return Matter.objects.get(pk=matter.pk)

    def read(self, account: str, matter: Matter, at: datetime) -> Any:
        """The matter as the account sees it."""
        return self.call(account, "get", f"matters/{to_code(matter.pk)}", at)

    def open(self, account: str, at: datetime, **answers: Any) -> Matter:
        """Open a lead."""
        given = {"source": "举报电话", "channel": "phone", "reporter_kind": "public", **answers}
        told = self.call(account, "post", "matters", at, {"kind": "lead", "answers": given})
        number = from_code(told["id"])
        return Matter.objects.get(pk=number)

    def register(self, lead: Matter, at: datetime, **answers: Any) -> Matter:
        """编号立账."""
        given = {
            "title": "反映兴旺煤矿夜班超定员组织生产",
            "summary": "兴旺煤矿夜班302掘进工作面下井人数超过规定，带班领导没有下井。",
            "type": "重大事故隐患",
            "source": "举报电话",
            "site": self.county.sites["xingwang"].pk,
        }
        return self.press("intake", lead, "register", at, **{**given, **answers})

    def classify(self, lead: Matter, at: datetime, *, unit: str = "coal") -> Matter:
        """归类."""
        unit_id, town = self.county.units[unit].pk, self.county.regions["north"].pk
        return self.press("office", lead, "classify", at, unit=unit_id, locality=town)

    def hand_over(self, at: datetime, *, unit: str = "coal", **answers: Any) -> Matter:
        """A lead opened, registered, classified and handed over, all at one moment."""
        lead = self.register(self.open("intake", at, **answers), at)
        self.classify(lead, at, unit=unit)
        return self.press("office", lead, "hand_over", at, letter_source="public")

    def found(self, lead: Matter, at: datetime, *, by: str = "receiver", **answers: Any) -> Matter:
        """签收 when needed, then 填写核查情况."""
        if lead.stage == "assigned":
            lead = self.press(by, lead, "acknowledge", at)
        given: dict[str, Any] = {
            "finding": "属实",
            "verified_facts": TEXT,
            "measures": ["顶格处罚"],
        }
        return self.press("handler", lead, "record_findings", at, **{**given, **answers})

    def reported(self, lead: Matter, at: datetime, **answers: Any) -> Matter:
        """Findings, signature and feedback."""
        return self.reported_after(self.found(lead, at, **answers), at)

    def reported_after(self, lead: Matter, at: datetime) -> Matter:
        """Signature and feedback once the findings stand."""
        self.press("handler", lead, "request_signature", at)
        self.press("head", lead, "sign", at)
        return self.press("handler", lead, "report_back", at)

    def publish(self, child: Matter, at: datetime, **answers: Any) -> Matter:
        """拟稿送审, then 检查并发布 by another person."""
        self.press("office", child, "submit", at, text="群众反映该矿夜班人数超过规定，已组织核查。")
        given = {
            "personal_data_checked": "是",
            "transfer_checked": "是",
            "published_on": at.astimezone(SHANGHAI).date().isoformat(),
            "medium": "县政府网站",
        }
        return self.press("publisher", child, "release", at, **{**given, **answers})

    def close(self, lead: Matter, at: datetime) -> Matter:
        """认可反馈, both first publications, 追责, 办结."""
        self.press("office", lead, "accept_report", at)
        for child in self.children(lead, "publication_problem", "publication_progress"):
            self.publish(child, at)
        self.press(
            "office", lead, "record_accountability", at, accountability="不涉及，已处罚企业。"
        )
        return self.press("office", lead, "close", at)

    def also(self, account: str, role: str, *, unit: str) -> None:
        """Let a person hold one more role."""
        Grant.objects.create(
            user=self.county.users[account],
            role=role,
            unit=self.county.units[unit],
            region=self.county.region,
            from_on=SINCE,
        )

    def children(self, lead: Matter, *kinds: str) -> list[Matter]:
        """Open children of these kinds."""
        found = Matter.objects.filter(parent=lead, kind__in=kinds, is_open=True)
        return list(found.order_by("id"))

    def tick(self, at: datetime) -> None:
        """Let the clock run up to a moment."""
        tick(now=at)

    def _token(self, account: str, at: datetime) -> str:
        if account not in self.tokens:
            user = self.county.users[account]
            _row, text = make_token(user, name="测试", days=365, now=at)
            self.tokens[account] = text
        return self.tokens[account]
