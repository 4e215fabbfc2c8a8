"""Create the tables of matters."""

import datetime

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("places", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Entry",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "matter_id",
                        "seq",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("matter_id", models.BigIntegerField()),
                ("seq", models.IntegerField()),
                ("step", models.CharField(max_length=40)),
                ("actor_id", models.IntegerField()),
                ("happened_at", models.DateTimeField()),
                ("recorded_at", models.DateTimeField()),
                ("hash", models.BinaryField(max_length=32)),
                ("body", models.BinaryField()),
            ],
        ),
        migrations.CreateModel(
            name="Matter",
            fields=[
                ("id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=24)),
                ("number", models.CharField(blank=True, max_length=60, verbose_name="编号")),
                (
                    "acceptance_number",
                    models.CharField(blank=True, max_length=24, verbose_name="受理号"),
                ),
                ("title", models.CharField(max_length=200, verbose_name="标题")),
                ("stage", models.CharField(max_length=24, verbose_name="环节")),
                ("l1", models.IntegerField(null=True)),
                ("l2", models.IntegerField(null=True)),
                ("l3", models.IntegerField(null=True)),
                ("l4", models.IntegerField(null=True)),
                ("severity", models.SmallIntegerField(default=0)),
                ("category", models.CharField(blank=True, max_length=60)),
                ("source", models.CharField(blank=True, max_length=60)),
                ("opened_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(null=True)),
                ("moved_at", models.DateTimeField()),
                ("is_open", models.BooleanField(default=True)),
                (
                    "due_at",
                    models.DateTimeField(
                        default=datetime.datetime(9999, 1, 1, 0, 0, tzinfo=datetime.UTC)
                    ),
                ),
                (
                    "late_from",
                    models.DateTimeField(
                        default=datetime.datetime(9999, 1, 1, 0, 0, tzinfo=datetime.UTC)
                    ),
                ),
                ("declaration", models.SmallIntegerField(default=1)),
                ("last_seq", models.IntegerField(default=0)),
                ("head", models.BinaryField(default=bytes, max_length=32)),
                (
                    "parent",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="matters.matter",
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="places.site",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="places.unit",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Heartbeat",
            fields=[
                ("name", models.CharField(max_length=20, primary_key=True, serialize=False)),
                ("beat_at", models.DateTimeField()),
                ("note", models.CharField(blank=True, max_length=200)),
            ],
        ),
        migrations.CreateModel(
            name="Seal",
            fields=[
                ("day", models.DateField(primary_key=True, serialize=False)),
                ("previous", models.BinaryField(max_length=32)),
                ("hash", models.BinaryField(max_length=32)),
                ("leaves", models.BinaryField()),
                ("counters", models.JSONField()),
                ("leaf_count", models.IntegerField()),
                ("sealed_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Counter",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("series", models.CharField(max_length=30)),
                ("organ", models.CharField(max_length=20)),
                ("sector", models.CharField(blank=True, max_length=10)),
                ("year", models.SmallIntegerField()),
                ("value", models.IntegerField(default=0)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("series", "organ", "sector", "year"), name="counter_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Facts",
            fields=[
                (
                    "matter",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="facts_row",
                        serialize=False,
                        to="matters.matter",
                    ),
                ),
                ("data", models.JSONField(default=dict)),
            ],
        ),
        migrations.CreateModel(
            name="SearchText",
            fields=[
                (
                    "matter",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="search_row",
                        serialize=False,
                        to="matters.matter",
                    ),
                ),
                ("text", models.TextField()),
                ("scope", models.CharField(max_length=120)),
            ],
        ),
        migrations.CreateModel(
            name="NumberVoid",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("series", models.CharField(max_length=30)),
                ("number", models.CharField(max_length=60, unique=True)),
                ("reason", models.CharField(max_length=400)),
                ("voided_at", models.DateTimeField()),
                (
                    "matter",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, to="matters.matter"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="OpenProposal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("rule", models.CharField(max_length=40)),
                ("key", models.CharField(max_length=80)),
                (
                    "about",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="open_proposals",
                        to="matters.matter",
                    ),
                ),
                (
                    "proposal",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="open_as",
                        to="matters.matter",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Outbox",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("channel", models.CharField(max_length=10)),
                ("event", models.CharField(max_length=24)),
                ("text", models.CharField(max_length=200)),
                ("key", models.CharField(max_length=120, unique=True)),
                (
                    "state",
                    models.SmallIntegerField(
                        choices=[(0, "待发"), (1, "已发"), (2, "发送失败")], default=0
                    ),
                ),
                ("created_at", models.DateTimeField()),
                ("next_at", models.DateTimeField(null=True)),
                ("leased_until", models.DateTimeField(null=True)),
                ("attempts", models.SmallIntegerField(default=0)),
                ("error", models.CharField(blank=True, max_length=200)),
                ("read_at", models.DateTimeField(null=True)),
                (
                    "matter",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        to="matters.matter",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="PaperCopy",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("paper", models.CharField(max_length=30)),
                ("number", models.CharField(max_length=60, verbose_name="文号")),
                ("copy", models.CharField(max_length=20, verbose_name="份别")),
                ("version", models.SmallIntegerField(default=1)),
                ("content", models.JSONField()),
                ("pdf_digest", models.CharField(blank=True, max_length=64)),
                ("docx_digest", models.CharField(blank=True, max_length=64)),
                ("issued_on", models.DateField()),
                ("made_at", models.DateTimeField()),
                (
                    "issued_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "matter",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="papers",
                        to="matters.matter",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Record",
            fields=[
                ("id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("ledger", models.CharField(max_length=40)),
                ("title", models.CharField(max_length=200)),
                ("valid_from", models.DateField(null=True)),
                ("valid_until", models.DateField(null=True)),
                ("is_void", models.BooleanField(default=False)),
                ("facts", models.JSONField(default=dict)),
                ("version", models.IntegerField(default=1)),
                ("last_seq", models.IntegerField(default=0)),
                ("head", models.BinaryField(default=bytes, max_length=32)),
                (
                    "person",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, to="places.person"
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="places.region"
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, to="places.site"
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, to="places.unit"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Attachment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("digest", models.CharField(max_length=64)),
                ("name", models.CharField(max_length=120)),
                ("mime", models.CharField(max_length=80)),
                ("size", models.BigIntegerField()),
                ("view_digest", models.CharField(blank=True, max_length=64)),
                ("uploaded_at", models.DateTimeField()),
                (
                    "uploaded_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "matter",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="files",
                        to="matters.matter",
                    ),
                ),
                (
                    "record",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="files",
                        to="matters.record",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Recusal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("reason", models.CharField(max_length=200)),
                (
                    "matter",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="recusals",
                        to="matters.matter",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, to="places.person"
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, to="places.unit"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Timer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=40)),
                ("param", models.CharField(max_length=60)),
                ("amount", models.IntegerField()),
                ("unit", models.CharField(max_length=8)),
                ("counting", models.CharField(max_length=10)),
                ("origin", models.CharField(max_length=10)),
                ("version", models.CharField(max_length=60)),
                ("started_at", models.DateTimeField()),
                ("due_at", models.DateTimeField(null=True)),
                ("late_from", models.DateTimeField(null=True)),
                ("first_due_at", models.DateTimeField(null=True)),
                ("extended_to", models.DateField(null=True)),
                ("extension_reason", models.CharField(blank=True, max_length=400)),
                ("suspensions", models.JSONField(default=list)),
                ("is_provisional", models.BooleanField(default=False)),
                (
                    "state",
                    models.SmallIntegerField(
                        choices=[(0, "计时中"), (1, "已完成"), (2, "已终止"), (3, "中止")],
                        default=0,
                    ),
                ),
                ("done_at", models.DateTimeField(null=True)),
                ("ladder", models.CharField(blank=True, max_length=60)),
                ("fired", models.JSONField(default=list)),
                ("next_at", models.DateTimeField(null=True)),
                (
                    "matter",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="timers",
                        to="matters.matter",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="RungFired",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("started_at", models.DateTimeField()),
                ("offset", models.IntegerField()),
                ("act", models.CharField(max_length=12)),
                ("due_at", models.DateTimeField()),
                (
                    "timer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rungs",
                        to="matters.timer",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="matter",
            index=models.Index(fields=["l1", "is_open", "due_at", "id"], name="matter_l1"),
        ),
        migrations.AddIndex(
            model_name="matter",
            index=models.Index(fields=["l2", "is_open", "due_at", "id"], name="matter_l2"),
        ),
        migrations.AddIndex(
            model_name="matter",
            index=models.Index(fields=["l3", "is_open", "due_at", "id"], name="matter_l3"),
        ),
        migrations.AddIndex(
            model_name="matter",
            index=models.Index(fields=["l4", "is_open", "due_at", "id"], name="matter_l4"),
        ),
        migrations.AddIndex(
            model_name="matter",
            index=models.Index(fields=["unit", "is_open", "due_at", "id"], name="matter_unit"),
        ),
        migrations.AddIndex(
            model_name="matter",
            index=models.Index(
                condition=models.Q(("site__isnull", False)),
                fields=["site", "id"],
                name="matter_site",
            ),
        ),
        migrations.AddIndex(
            model_name="matter",
            index=models.Index(
                condition=models.Q(("parent__isnull", False)), fields=["parent"], name="matter_up"
            ),
        ),
        migrations.AddConstraint(
            model_name="openproposal",
            constraint=models.UniqueConstraint(
                fields=("rule", "about", "key"), name="proposal_once"
            ),
        ),
        migrations.AddIndex(
            model_name="outbox",
            index=models.Index(
                condition=models.Q(("next_at__isnull", False)),
                fields=["next_at"],
                name="outbox_next",
            ),
        ),
        migrations.AddIndex(
            model_name="outbox",
            index=models.Index(fields=["user", "channel", "-id"], name="outbox_user"),
        ),
        migrations.AddConstraint(
            model_name="papercopy",
            constraint=models.UniqueConstraint(
                fields=("paper", "number", "version", "copy"), name="paper_copy_once"
            ),
        ),
        migrations.AddIndex(
            model_name="record",
            index=models.Index(fields=["ledger", "region", "id"], name="record_ledger"),
        ),
        migrations.AddIndex(
            model_name="timer",
            index=models.Index(
                condition=models.Q(("next_at__isnull", False)),
                fields=["next_at"],
                name="timer_next",
            ),
        ),
        migrations.AddConstraint(
            model_name="rungfired",
            constraint=models.UniqueConstraint(
                fields=("timer", "started_at", "offset"), name="rung_acts_once"
            ),
        ),
    ]
