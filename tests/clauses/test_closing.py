"""闭环: only the next state or an allowed branch; transfers, publications, accountability."""

import pytest
from django.test import Client

from bihuan.disclosure.models import Snapshot
from bihuan.matters.models import Matter, Timer
from tests.doors import Door, DoorClosedError, march


@pytest.mark.clause("LX-A1-0-1")
def test_only_the_next_state(door: Door) -> None:
    lead = door.register(door.open("intake", march(1)), march(1))
    with pytest.raises(DoorClosedError, match="当前环节是“编号立账”") as refused:
        door.press("office", lead, "close", march(1))
    assert refused.value.status == 409
    told = door.read("office", lead, march(1))
    assert "close" not in {step["key"] for step in told["allowed"]}


@pytest.mark.clause("LX-A1-0-1", "AY-36-1")
def test_the_timeline_shows_every_state_with_user_and_time(door: Door) -> None:
    lead = door.found(door.hand_over(march(1)), march(2))
    for mark in ("mark_crime", "mark_dereliction"):
        door.press("handler", lead, mark, march(2), reason="现场情况显示须移送。")
    for kind in ("transfer_police", "transfer_discipline"):
        (child,) = door.children(lead, kind)
        transfer(door, child, 3)
        door.press(
            "office",
            child,
            "record_agreement",
            march(4),
            agreement="复函同意",
            agreed_on="2026-03-04",
        )
    lead = door.reported(lead, march(4))
    lead = door.close(lead, march(5))
    (result,) = door.children(lead, "publication_result")
    door.publish(result, march(6))
    trail = door.read("office", lead, march(6))["trail"]
    steps = [line["step"] for line in trail]
    for step in ("open", "register", "hand_over", "acknowledge", "sign", "report_back", "close"):
        assert step in steps
    assert all(line["who"] and line["at"] for line in trail)
    beside = Matter.objects.filter(parent=lead)
    assert beside.filter(kind__startswith="transfer_", stage="receipted").count() == 2
    assert beside.filter(kind__startswith="publication_", stage="released").count() == 3


def transfer(door: Door, child: Matter, day: int) -> None:
    """移送 with date, letter and receipt."""
    on = f"2026-03-{day:02d}"
    door.press(
        "office",
        child,
        "transfer",
        march(day),
        transferred_on=on,
        transfer_paper="移送函〔2026〕3号",
    )
    door.press("office", child, "receive_receipt", march(day), receipt="收条第8号", receipt_on=on)


@pytest.mark.clause("LX-A1-3-6")
@pytest.mark.clause("LX-A1-3-7")
@pytest.mark.parametrize(
    ("mark", "kind"),
    [("mark_crime", "transfer_police"), ("mark_dereliction", "transfer_discipline")],
)
def test_a_marked_lead_ends_only_after_its_transfer(door: Door, mark: str, kind: str) -> None:
    lead = door.found(door.hand_over(march(1)), march(2))
    lead = door.press("handler", lead, mark, march(2), reason="现场情况显示须移送。")
    (problem,) = door.children(lead, "publication_problem")
    door.press("office", problem, "submit", march(2), text="群众反映该矿夜班人数超过规定。")
    ticked = {
        "personal_data_checked": "是",
        "transfer_checked": "是",
        "published_on": "2026-03-03",
        "medium": "县政府网站",
    }
    with pytest.raises(DoorClosedError, match="同意公开"):
        door.press("publisher", problem, "release", march(3), **ticked)
    lead = door.reported(lead, march(3))
    door.press("office", lead, "accept_report", march(3))
    door.press(
        "office", lead, "record_accountability", march(3), accountability="不涉及，尚在侦查。"
    )
    with pytest.raises(DoorClosedError, match="移送日期、文书和回执"):
        door.press("office", lead, "close", march(3))
    (child,) = door.children(lead, kind)
    transfer(door, child, 4)
    with pytest.raises(DoorClosedError, match="同意公开"):
        door.press("publisher", problem, "release", march(4), **ticked)
    door.press(
        "office", child, "record_agreement", march(5), agreement="复函同意", agreed_on="2026-03-05"
    )
    door.press("publisher", problem, "release", march(5), **ticked)
    for progress in door.children(lead, "publication_progress"):
        door.press("office", progress, "defer", march(5), reason="侦查期间暂不公开。")
    assert door.press("office", lead, "close", march(5)).stage == "closed"


@pytest.mark.clause("LX-A1-3-7")
def test_one_lead_may_carry_both_transfers(door: Door) -> None:
    lead = door.found(door.hand_over(march(1)), march(2))
    for mark in ("mark_crime", "mark_dereliction"):
        door.press("handler", lead, mark, march(2), reason="现场情况显示须移送。")
    assert len(door.children(lead, "transfer_police", "transfer_discipline")) == 2


@pytest.mark.clause("AY-36-1")
def test_not_closed_while_accountability_is_missing(door: Door) -> None:
    lead = door.reported(door.hand_over(march(1)), march(2))
    door.press("office", lead, "accept_report", march(2))
    for child in door.children(lead, "publication_problem", "publication_progress"):
        door.publish(child, march(2))
    with pytest.raises(DoorClosedError, match="追责"):
        door.press("office", lead, "close", march(2))
    with pytest.raises(DoorClosedError, match="追责情况"):
        door.press("office", lead, "record_accountability", march(2), accountability="")
    door.press(
        "office", lead, "record_accountability", march(2), accountability="不涉及，企业已受罚。"
    )
    assert door.press("office", lead, "close", march(2)).stage == "closed"


@pytest.mark.clause("LX-A1-4-1")
def test_list_and_progress_are_due_five_days_later(door: Door) -> None:
    lead = door.found(door.hand_over(march(1)), march(1))
    door.press(
        "handler", lead, "record_progress", march(2), progress="已到现场核查，调取入井记录。"
    )
    problem, progress = door.children(lead, "publication_problem", "publication_progress")
    assert Timer.objects.get(matter=problem, key="publish").due_at == march(7, 0)
    assert Timer.objects.get(matter=progress, key="publish").due_at == march(8, 0)
    door.press("office", problem, "submit", march(3), text="群众反映该矿夜班人数超过规定。")
    given = {"published_on": "2026-03-06", "medium": "县政府网站", "transfer_checked": "是"}
    with pytest.raises(DoorClosedError, match="选“是”"):
        door.press("publisher", problem, "release", march(6), personal_data_checked="否", **given)
    with pytest.raises(DoorClosedError) as refused:
        door.press("office", problem, "release", march(6), personal_data_checked="是", **given)
    assert refused.value.status == 403
    door.press("publisher", problem, "release", march(6, 23), personal_data_checked="是", **given)
    assert not Timer.objects.get(matter=problem, key="publish").is_late
    shot = Snapshot.objects.get(matter=problem)
    assert shot.checked_by_id == door.county.users["publisher"].pk
    assert (shot.medium, shot.published_on.isoformat()) == ("县政府网站", "2026-03-06")


@pytest.mark.clause("LX-A1-4-2")
def test_the_result_is_due_five_days_after_closing(door: Door) -> None:
    lead = door.close(door.reported(door.hand_over(march(1)), march(1)), march(1))
    assert lead.facts_row.data["closed_on"] == "2026-03-01"
    (result,) = door.children(lead, "publication_result")
    timer = Timer.objects.get(matter=result, key="publish")
    assert timer.due_at == march(7, 0)
    assert not timer.late_at(march(6, 23, 59, 59))
    assert timer.late_at(march(7, 0))
    door.publish(result, march(6), link="http://example.cn/5")
    shot = Snapshot.objects.get(matter=result)
    assert shot.kind == "publication_result"
    assert shot.link == "http://example.cn/5"
    assert Matter.objects.get(pk=result.pk).stage == "released"


@pytest.mark.clause("LX-A1-4-3")
def test_all_ten_labels_and_several_results_at_once(door: Door) -> None:
    lead = door.found(
        door.hand_over(march(1)),
        march(1),
        measures=["顶格处罚", "关闭取缔"],
        result_nature="超定员组织生产",
        result_halt_on="2026-03-02",
        result_penalty="50000",
        result_discipline=2,
    )
    with pytest.raises(DoorClosedError, match="没有"):
        door.found(lead, march(1), result_rate="100%")
    lead = door.close(door.reported_after(lead, march(2)), march(2))
    (result,) = door.children(lead, "publication_result")
    door.publish(result, march(3))
    rows = dict(Snapshot.objects.get(matter=result).body["results"])
    assert list(rows) == [
        "违法性质",
        "停产整顿",
        "关闭取缔",
        "行政处罚",
        "吊销证照",
        "重大事故隐患整改率",
        "提级核查",
        "失信企业联合惩戒",
        "党纪政纪处分",
        "刑事责任追究",
    ]
    assert rows["行政处罚"] == "50,000 元"
    assert rows["停产整顿"] == "2026-03-02起"
    assert rows["党纪政纪处分"] == "2人"
    assert rows["重大事故隐患整改率"] == "无"
    assert rows["关闭取缔"] == "已采取"  # the measure was chosen, its day wasn't told
    assert rows["吊销证照"] == ""
    item = Snapshot.objects.get(matter=result)
    page = Client().get(f"/published/{item.pk}").content.decode()
    for label, value in rows.items():
        assert f"<dt>{label}</dt><dd>{value or '无'}</dd>" in page
