"""A small region tree and packs written for the test."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from bihuan.places.models import Region
from bihuan.regulations.packs import load_packs

NOW = dt.datetime(2026, 3, 1, 9, tzinfo=dt.UTC)
TODAY = dt.date(2026, 3, 1)


@dataclass(frozen=True)
class Places:
    """One line of the tree, and a county beside it."""

    province: Region
    city: Region
    county: Region
    township: Region
    neighbour: Region


def _region(code: str, name: str, level: int, parent: Region | None) -> Region:
    region = Region.objects.create(code=code, name=name, level=level, parent=parent, path="")
    region.path = f"{parent.path if parent else '/'}{region.pk}/"
    region.save(update_fields=("path",))
    return region


@pytest.fixture
def places(db: None) -> Places:
    province = _region("990000", "云岭省", 1, None)
    city = _region("990100", "青石市", 2, province)
    county = _region("990101", "青石县", 3, city)
    township = _region("990101100", "石门乡", 4, county)
    neighbour = _region("990102", "白水县", 3, city)
    return Places(province, city, county, township, neighbour)


def pack_text(key: str, *, title: str = "", **parameters: str) -> str:
    """TOML of a pack; a parameter is given as name_of_key='toml of its value, origin'."""
    lines = [f'key = "{key}"', f'title = "{title or key}"', 'document = "文"', 'place_name = "地"']
    for name, body in parameters.items():
        lines += [f'[parameters."lead.{name}"]', f'label = "{name}"', body]
    return "\n".join(lines)


def days(value: int | None, *, origin: str = "source", more: str = "") -> str:
    """Body of a parameter in days; no value makes it unset."""
    held = "" if value is None else f"value = {value}\n"
    origin = "unset" if value is None else origin
    return (
        f'kind = "days"\norigin = "{origin}"\nbasis = ["LX-A1-3-4"]\nnote = "原注。"\n{held}{more}'
    )


Loader = Callable[..., None]


@pytest.fixture
def load(tmp_path: Path, db: None) -> Loader:
    """Write packs given as key=text and load them."""

    def write_and_load(*, now: dt.datetime = NOW, **packs: str) -> None:
        for key, text in packs.items():
            (tmp_path / f"{key}.toml").write_text(text, "utf-8")
        load_packs(tmp_path, now=now)

    return write_and_load
