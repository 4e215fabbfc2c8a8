"""The library of clauses: loaded, found by id and keyword, brought up to date."""

from pathlib import Path

import pytest

from bihuan.regulations.library import ClauseFault, find_clauses, load_clauses
from bihuan.regulations.models import Clause

pytestmark = pytest.mark.django_db
HEAD = "id,title,document,item,capability,primitive,same_as,skip,values\n"
FIRST = 'LX-A1-3-4,交办七日内反馈,linxian-2022,附件1（三）,leads,deadline,,false,"{""days"":7}"\n'
SECOND = "AY-36-2,查实举报发奖,anyang-2024-2026,36,leads,deadline,,true,{}\n"


def file(folder: Path, text: str) -> Path:
    path = folder / "clauses.csv"
    path.write_text(text, "utf-8")
    return path


def test_loading_again_changes_only_what_changed(tmp_path: Path) -> None:
    report = load_clauses(file(tmp_path, HEAD + FIRST + SECOND))
    assert (report.added, report.changed, report.unchanged) == (2, 0, 0)
    assert Clause.objects.get(pk="LX-A1-3-4").values == {"days": 7}
    assert Clause.objects.get(pk="AY-36-2").skip
    report = load_clauses(file(tmp_path, HEAD + FIRST.replace("反馈", "回复")))
    assert (report.added, report.changed, report.unchanged) == (0, 1, 0)
    assert Clause.objects.get(pk="LX-A1-3-4").title == "交办七日内回复"
    assert Clause.objects.count() == 2
    assert load_clauses(file(tmp_path, HEAD + SECOND)).unchanged == 1


def test_clauses_are_found_by_id_and_keyword(tmp_path: Path) -> None:
    load_clauses(file(tmp_path, HEAD + FIRST + SECOND))
    assert [clause.pk for clause in find_clauses("lx-a1")] == ["LX-A1-3-4"]
    assert [clause.pk for clause in find_clauses("反馈 交办")] == ["LX-A1-3-4"]
    assert [clause.pk for clause in find_clauses("", document="anyang-2024-2026")] == ["AY-36-2"]
    assert not find_clauses("反馈 发奖")


def test_every_fault_of_the_file_is_told_and_nothing_loaded(tmp_path: Path) -> None:
    bad = FIRST + SECOND.replace("true", "yes") + SECOND.replace("-2,", "-3,").replace("{}", "[]")
    with pytest.raises(ClauseFault) as caught:
        load_clauses(file(tmp_path, HEAD + FIRST + bad))
    text = str(caught.value)
    for part in ("twice", "'yes'", "aren't a table"):
        assert part in text
    assert not Clause.objects.exists()
    with pytest.raises(ClauseFault, match="columns"):
        load_clauses(file(tmp_path, "id,title\n"))
