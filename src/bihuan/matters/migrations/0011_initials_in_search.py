"""Titles and sites are found by the initials of their pinyin."""

import sys

from django.db import migrations

from bihuan.matters.search_again import add_initials


def fill(apps, editor):
    """Add them to every matter that is indexed, telling how far it is."""
    add_initials(lambda words: print(words, file=sys.stderr))  # noqa: T201 - a long upgrade shows progress


class Migration(migrations.Migration):
    """Outside a transaction: a million matters take minutes, and a killed run goes on."""

    atomic = False
    dependencies = [("matters", "0010_viewings"), ("places", "0002_initials")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
