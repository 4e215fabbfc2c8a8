"""A number is given once by an organ, and a matter has one clock of each kind: the database says so.

An older database that has doubles is named here and stays as it was, before anything is changed.
"""

from django.core.management.base import CommandError
from django.db import migrations, models

SHOWN = 10
DOUBLES = (
    (
        "编号",
        """SELECT number, organ FROM matters_matter WHERE number <> ''
        GROUP BY kind, organ, number HAVING COUNT(*) > 1 ORDER BY number, organ""",
    ),
    (
        "受理号",
        """SELECT acceptance_number, '' FROM matters_matter WHERE acceptance_number <> ''
        GROUP BY acceptance_number HAVING COUNT(*) > 1 ORDER BY acceptance_number""",
    ),
    (
        "时钟",
        """SELECT key, matter_id FROM matters_timer
        GROUP BY matter_id, key HAVING COUNT(*) > 1 ORDER BY matter_id, key""",
    ),
)


def name_doubles(apps, editor):
    """Refuse to go on, and say what stands twice."""
    told = []
    with editor.connection.cursor() as cursor:
        for label, statement in DOUBLES:
            cursor.execute(statement)
            found = cursor.fetchall()
            named = [f"{what}（{of}）" if of else str(what) for what, of in found[:SHOWN]]
            if found:
                told.append(f"{label} {len(found)} 处：{'、'.join(named)}")
    if told:
        raise CommandError(
            "数据库里有重复，没有升级，什么也没有改。"
            + "；".join(told)
            + "。括号里是编号机关或事项的内部号。请先用旧版程序核对这些事项，更正后再升级。",
            returncode=1,
        )


class Migration(migrations.Migration):
    """The check, then the keys."""

    dependencies = [("matters", "0008_organs")]
    operations = [
        migrations.RunPython(name_doubles, migrations.RunPython.noop),
        migrations.RemoveConstraint(model_name="papercopy", name="paper_copy_once"),
        migrations.AlterField(
            model_name="numbervoid", name="number", field=models.CharField(max_length=60)
        ),
        migrations.AddConstraint(
            model_name="matter",
            constraint=models.UniqueConstraint(
                condition=models.Q(("number", ""), _negated=True),
                fields=("kind", "organ", "number"),
                name="matter_number_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="matter",
            constraint=models.UniqueConstraint(
                condition=models.Q(("acceptance_number", ""), _negated=True),
                fields=("acceptance_number",),
                name="acceptance_number_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="numbervoid",
            constraint=models.UniqueConstraint(
                fields=("series", "organ", "number"), name="void_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="papercopy",
            constraint=models.UniqueConstraint(
                fields=("paper", "organ", "number", "version", "copy"), name="paper_copy_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="timer",
            constraint=models.UniqueConstraint(fields=("matter", "key"), name="timer_once"),
        ),
    ]
