"""Loading packs: idempotent, versions kept, faults of all files at once."""

import datetime as dt
from pathlib import Path

import pytest

from bihuan.language.pack import PackFault
from bihuan.regulations.models import LoadedPack
from bihuan.regulations.packs import adopt, load_packs, value_of

from .conftest import NOW, TODAY, Loader, Places, days, pack_text

pytestmark = pytest.mark.django_db


def test_loading_twice_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(pack_text("a", feedback_days=days(7)), "utf-8")
    assert load_packs(tmp_path, now=NOW).added == ("a@1",)
    again = load_packs(tmp_path, now=NOW + dt.timedelta(days=1))
    assert (again.added, again.unchanged) == ((), ("a",))
    assert LoadedPack.objects.get().loaded_at == NOW


def test_a_changed_file_is_a_new_version_and_the_old_stays(load: Loader, places: Places) -> None:
    load(a=pack_text("a", feedback_days=days(7)))
    adopt("a", region=places.county, from_on=TODAY, by="局长办公会", reason="试行", now=NOW)
    load(a=pack_text("a", feedback_days=days(9)), now=NOW + dt.timedelta(days=10))
    assert [row.version for row in LoadedPack.objects.order_by("version")] == [1, 2]
    path = places.county.path_ids
    before = value_of("lead.feedback_days", region_path=path, on=dt.date(2026, 3, 10))
    after = value_of("lead.feedback_days", region_path=path, on=dt.date(2026, 3, 11))
    assert (before.value, before.version) == (7, "a@1")
    assert (after.value, after.version) == (9, "a@2")


def test_going_back_to_the_old_text_is_a_third_version(load: Loader) -> None:
    for amount in (7, 9, 7):
        load(a=pack_text("a", feedback_days=days(amount)))
    digests = list(LoadedPack.objects.order_by("version").values_list("digest", flat=True))
    assert len(digests) == 3
    assert digests[0] == digests[2] != digests[1]


def test_faults_of_all_files_come_at_once_and_nothing_is_loaded(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(pack_text("a", feedback_days=days(7)), "utf-8")
    (tmp_path / "b.toml").write_text(pack_text("b", feedback_days='kind = "days"'), "utf-8")
    (tmp_path / "c.toml").write_text("key =", "utf-8")
    with pytest.raises(PackFault) as caught:
        load_packs(tmp_path, now=NOW)
    text = "\n".join(caught.value.faults)
    assert "b.toml" in text
    assert "c.toml" in text
    assert not LoadedPack.objects.exists()


def test_a_key_has_one_kind_in_all_packs(tmp_path: Path) -> None:
    flag = 'kind = "flag"\norigin = "source"\nbasis = ["AY-36-1"]\nvalue = true'
    (tmp_path / "a.toml").write_text(pack_text("a", feedback_days=days(7)), "utf-8")
    (tmp_path / "b.toml").write_text(pack_text("b", feedback_days=flag), "utf-8")
    with pytest.raises(PackFault, match="flag"):
        load_packs(tmp_path, now=NOW)


def test_an_empty_folder_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(PackFault, match="no pack files"):
        load_packs(tmp_path, now=NOW)
