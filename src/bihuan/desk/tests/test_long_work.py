"""Long imports, exports and letters at the desk: ordered, done, cancelled, fetched."""

import io
import zipfile
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from python_calamine import CalamineWorkbook
from tests.people import County
from tests.walks.test_lead_walk import hand_over

from bihuan.accounts.models import AuditLine, Grant
from bihuan.desk import exporting, import_rows, importing
from bihuan.desk.tests import seeded
from bihuan.desk.tests.test_import import GOOD, NO_TITLE, table
from bihuan.jobs import folders, progress
from bihuan.jobs.asking import UNFINISHED_MAX
from bihuan.jobs.models import Job
from bihuan.jobs.running import RESULT_AGE, ROW_AGE, forget_old, run_next
from bihuan.matters.identity import to_code
from bihuan.matters.models import Matter, Recusal
from bihuan.matters.moment import now
from bihuan.matters.writing import engine_writes

IMPORT = "/desk/m/lead/import"
EXPORT = "/desk/m/lead/export.csv"
EVIL = '=HYPERLINK("http://x","点")'


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is long begins at three rows, so that tests stay short."""
    monkeypatch.setattr(importing, "AT_ONCE_MAX", 2)
    monkeypatch.setattr(exporting, "AT_ONCE_MAX", 2)
    monkeypatch.setattr(import_rows, "CHUNK", 2)
    monkeypatch.setattr(progress, "TELL_EVERY_S", 0.0)


def desk(client: Client, county: County, account: str) -> Client:
    client.force_login(county.users[account])
    return client


def upload(client: Client, data: bytes, *, name: str = "线索.csv") -> Any:
    return client.post(IMPORT, {"file": SimpleUploadedFile(name, data)})


def csv_result(client: Client, job: Job) -> str:
    response = client.get(f"/desk/jobs/{job.code}/result")
    assert response.status_code == 200
    return b"".join(response.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]


def exported(client: Client, county: County, account: str = "office") -> Job:
    """An export that is done."""
    answer = desk(client, county, account).post(f"{EXPORT}/ask?tab=all")
    assert answer.status_code == 302
    job = run_next()
    assert job is not None
    job.refresh_from_db()
    return job


def leads(county: County, count: int = 3) -> list[Matter]:
    return [seeded.registered(county) for _ in range(count)]


def test_a_long_list_is_ordered_and_fetched(client: Client, county: County) -> None:
    made = leads(county)
    office = desk(client, county, "office")
    asked = office.get(f"{EXPORT}?tab=all")
    assert asked.headers["Location"] == f"{EXPORT}/ask?tab=all"
    assert "共 3 件" in office.get(asked.headers["Location"]).text
    assert not Job.objects.exists()  # looking orders nothing
    job = exported(client, county)
    assert (job.state, job.words, job.done) == ("done", "共 3 行。", 3)
    page = office.get(f"/desk/jobs/{job.code}/").text
    assert "下载结果" in page
    assert "data-reload-s" not in page
    text = csv_result(office, job)
    assert all(lead.number in text for lead in made)
    line = AuditLine.objects.get(action="export")
    assert (line.subject, line.after) == ("举报线索（csv）", {"筛选项": "tab"})


def test_no_formula_leaves_in_a_long_export(client: Client, county: County) -> None:
    leads(county, 2)
    seeded.registered(county, title=EVIL)
    text = csv_result(client, exported(client, county))
    assert "'=HYPERLINK" in text
    assert '"=HYPERLINK' not in text


def test_pressed_twice_it_is_one_job(client: Client, county: County) -> None:
    office = desk(client, county, "office")
    first = office.post(f"{EXPORT}/ask?tab=all").headers["Location"]
    assert office.post(f"{EXPORT}/ask?tab=all").headers["Location"] == first
    assert Job.objects.count() == 1


def test_not_everything_at_once(client: Client, county: County) -> None:
    office = desk(client, county, "office")
    for n in range(UNFINISHED_MAX):
        assert office.post(f"{EXPORT}/ask?q=第{n}").status_code == 302
    answer = office.post(f"{EXPORT}/ask?q=再来")
    assert answer.status_code == 409
    assert "没有完成" in answer.text


@pytest.mark.parametrize("account", ["intake", "audit", "system"])
def test_nobody_else_has_the_job(client: Client, county: County, account: str) -> None:
    leads(county)
    job = exported(client, county)
    other = desk(client, county, account)
    for path in ("", "result"):
        assert other.get(f"/desk/jobs/{job.code}/{path}").status_code == 404
    assert other.post(f"/desk/jobs/{job.code}/cancel").status_code == 404


def test_who_lost_the_role_gets_neither_work_nor_result(client: Client, county: County) -> None:
    leads(county)
    job = exported(client, county)
    desk(client, county, "office").post(f"{EXPORT}/ask?tab=late")
    Grant.objects.filter(user=county.users["office"]).delete()
    assert client.get(f"/desk/jobs/{job.code}/result").status_code == 409
    later = run_next()
    assert later is not None
    later.refresh_from_db()
    assert later.state == "failed"
    assert "职责" in later.words
    assert not AuditLine.objects.filter(action="export").exists()


def test_who_moved_has_nothing_imported_where_he_was(
    client: Client, county: County, neighbour: County
) -> None:
    upload(desk(client, county, "intake"), table(*[GOOD] * 3))
    Grant.objects.filter(user=county.users["intake"]).update(region=neighbour.region)
    run_next()
    job = Job.objects.get()
    assert (job.state, job.words) == ("failed", "您的辖区已有变化，任务没有办理，请重新上传。")
    assert not Matter.objects.exists()


def test_an_account_that_was_closed_gets_nothing_made(client: Client, county: County) -> None:
    desk(client, county, "office").post(f"{EXPORT}/ask?tab=late")
    county.users["office"].is_active = False
    county.users["office"].save()
    run_next()
    assert Job.objects.get().words == "账号已停用，任务没有办理。"


def accuse(county: County, account: str) -> Matter:
    return seeded.accusing(county, account, title="反映工作人员不作为的问题")


def test_an_export_holds_nothing_about_oneself(client: Client, county: County) -> None:
    leads(county)
    about = accuse(county, "leader")
    text = csv_result(client, exported(client, county, "leader"))
    assert about.number not in text
    assert text.count("线索〔2026〕") == 3


def test_a_later_recusal_shuts_the_result(client: Client, county: County) -> None:
    *_, lead = leads(county)
    job = exported(client, county, "leader")
    accuse(county, "leader")  # a lead that came later tells nothing by shutting it
    assert csv_result(client, job)
    with engine_writes():
        Recusal.objects.create(
            matter=lead, person_id=county.users["leader"].person_id, reason="测试"
        )
    answer = client.get(f"/desk/jobs/{job.code}/result")
    assert answer.status_code == 409
    assert "可见范围" in answer.text


def test_a_long_table_becomes_a_job(client: Client, county: County) -> None:
    intake = desk(client, county, "intake")
    answer = upload(intake, table(GOOD, NO_TITLE, GOOD))
    assert answer.status_code == 302
    assert not Matter.objects.exists()
    assert "在排队" in intake.get(answer.headers["Location"]).text
    job = run_next()
    assert job is not None
    job.refresh_from_db()
    assert (job.state, job.words) == ("done", "登记 2 件，退回 1 行。")
    assert Matter.objects.filter(kind="lead").count() == 2
    page = intake.get(f"/desk/jobs/{job.code}/").text
    assert "第 3 行：请填写“标题”。" in page
    back = b"".join(intake.get(f"/desk/jobs/{job.code}/result").streaming_content)  # type: ignore[attr-defined]
    rows = CalamineWorkbook.from_filelike(io.BytesIO(back)).get_sheet_by_index(0).to_python()
    assert [row[0] for row in rows[1:]][1] == "【标题】请填写“标题”。"
    assert not folders.input_path(job.code).exists()  # what was sent is no longer needed
    assert not AuditLine.objects.filter(action="export").exists()  # his own file is no export


def test_a_large_file_is_not_even_read_by_the_page(
    client: Client, county: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "AT_ONCE_BYTES_MAX", 10)
    answer = upload(desk(client, county, "intake"), b"\x00" * 100)
    assert answer.status_code == 302
    run_next()
    job = Job.objects.get()
    assert job.state == "failed"
    assert "不是可读的表格" in job.words


@pytest.mark.parametrize("data", [b"PK\x03\x04" + b"x" * 99, b"<html>" * 20, b"\xff\xfe" * 60])
def test_a_hostile_file_fails_with_a_sentence(
    client: Client, county: County, monkeypatch: pytest.MonkeyPatch, data: bytes
) -> None:
    monkeypatch.setattr(importing, "AT_ONCE_BYTES_MAX", 10)
    upload(desk(client, county, "intake"), data, name="../../<b>.xlsx")
    run_next()
    job = Job.objects.get()
    assert job.state == "failed"
    assert job.words.endswith("。")
    page = client.get(f"/desk/jobs/{job.code}/").text
    assert "<b>" not in page


def test_a_cancelled_import_keeps_what_it_says(client: Client, county: County) -> None:
    data = table(*[GOOD] * 7)
    intake = desk(client, county, "intake")
    upload(intake, data)
    job = Job.objects.get()
    presses = 0

    def pressed() -> bool:
        """Somebody presses 取消 while the rows are being registered."""
        nonlocal presses
        presses += 1
        if Matter.objects.filter(kind="lead").exists():
            intake.post(f"/desk/jobs/{job.code}/cancel")
        return False

    run_next(is_stopped=pressed)
    job.refresh_from_db()
    count = Matter.objects.filter(kind="lead").count()
    assert presses
    assert job.state == "cancelled"
    assert 0 < count < 7
    assert job.words.startswith(f"登记 {count} 件，已登记的留在台账中，其余 {7 - count} 行没有登记")
    upload(intake, data)
    run_next()
    assert Matter.objects.filter(kind="lead").count() == 7


def test_cancelled_in_the_queue_nothing_is_done(client: Client, county: County) -> None:
    intake = desk(client, county, "intake")
    upload(intake, table(*[GOOD] * 3))
    job = Job.objects.get()
    intake.post(f"/desk/jobs/{job.code}/cancel")
    job.refresh_from_db()
    assert job.state == "cancelled"
    assert not folders.input_path(job.code).exists()
    assert run_next() is None
    assert not Matter.objects.exists()


def test_letters_of_ticked_matters_in_one_package(client: Client, county: County) -> None:
    one, two, third = leads(county)
    for lead in (one, two):
        hand_over(county, lead)
    codes = [_code(lead) for lead in (one, third)]
    office = desk(client, county, "office")
    answer = office.post("/desk/m/lead/bulk/", {"letters": "docx", "selected": codes})
    assert answer.status_code == 302
    run_next()
    job = Job.objects.get()
    assert job.words == "共 2 份文书，一个压缩包。"
    names = _package(office, job).namelist()
    assert len(names) == 2
    assert all(name.endswith(".docx") and "交办（移送）书" in name for name in names)
    assert AuditLine.objects.get(action="export").subject == "举报线索文书（docx）"


def test_letters_of_a_whole_list(client: Client, county: County) -> None:
    for lead in leads(county, 2):
        hand_over(county, lead)
    office = desk(client, county, "office")
    assert "共约 4 份" in office.get("/desk/m/lead/letters.pdf/ask?tab=all").text
    office.post("/desk/m/lead/letters.pdf/ask?tab=all")
    run_next()
    package = _package(office, Job.objects.get())
    assert [package.read(name)[:5] for name in package.namelist()] == [b"%PDF-"] * 4


def test_no_letters_out_of_reach(client: Client, county: County) -> None:
    lead = hand_over(county, seeded.registered(county))
    other = desk(client, county, "receiver2")  # of the other section
    other.post("/desk/m/lead/bulk/", {"letters": "pdf", "selected": [_code(lead)]})
    run_next()
    job = Job.objects.get()
    assert job.state == "failed"
    assert "还没有制发文书" in job.words


def test_results_go_after_their_days(client: Client, county: County) -> None:
    leads(county)
    job = exported(client, county)
    assert forget_old(now=now() + RESULT_AGE / 2) == 0
    assert forget_old(now=now() + RESULT_AGE) == 1
    assert not folders.result_path(job.code).exists()
    assert client.get(f"/desk/jobs/{job.code}/result").status_code == 404
    assert "到期删除" in client.get(f"/desk/jobs/{job.code}/").text
    forget_old(now=now() + ROW_AGE)
    assert not Job.objects.exists()


def _code(lead: Matter) -> str:
    return to_code(lead.pk)


def _package(client: Client, job: Job) -> zipfile.ZipFile:
    response = client.get(f"/desk/jobs/{job.code}/result")
    return zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content)))  # type: ignore[attr-defined]
