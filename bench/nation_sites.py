"""Puts mines on file whose codes come on standard input; a process of its own, before Django."""

import sys

import django

REGION = "999999"


def put_on_file(codes: list[str]) -> None:
    """Every mine in one invented county."""
    django.setup()
    from bihuan.places.models import Region, Site  # noqa: PLC0415 - needs the apps

    region = Region.objects.create(code=REGION, name="模拟县", level=3, path="")
    Region.objects.filter(pk=region.pk).update(path=f"/{region.pk}/")
    Site.objects.bulk_create(
        Site(name=f"模拟{code}煤矿", kind="coal", region=region, code=code) for code in codes
    )


if __name__ == "__main__":
    put_on_file(sys.stdin.read().split())
