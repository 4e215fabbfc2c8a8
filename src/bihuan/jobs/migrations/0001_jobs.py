"""Long work with progress and cancel."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Job",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=32, unique=True)),
                ("kind", models.CharField(max_length=40)),
                ("title", models.CharField(max_length=120)),
                ("asked", models.JSONField()),
                ("asked_digest", models.CharField(max_length=64)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "排队中"),
                            ("running", "进行中"),
                            ("done", "已完成"),
                            ("failed", "未完成"),
                            ("cancelled", "已取消"),
                        ],
                        default="waiting",
                        max_length=12,
                    ),
                ),
                ("done", models.IntegerField(default=0)),
                ("total", models.IntegerField(null=True)),
                ("words", models.CharField(blank=True, default="", max_length=400)),
                ("lines", models.JSONField(default=list)),
                ("kept", models.JSONField(default=dict)),
                ("result_name", models.CharField(blank=True, default="", max_length=160)),
                ("reach_mark", models.CharField(blank=True, default="", max_length=64)),
                ("is_cancelled", models.BooleanField(default=False)),
                ("attempts", models.IntegerField(default=0)),
                ("holder", models.CharField(blank=True, default="", max_length=40)),
                ("leased_until", models.DateTimeField(null=True)),
                ("asked_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ("waiting", "running"))),
                        fields=["asked_at", "id"],
                        name="jobs_unfinished",
                    ),
                    models.Index(fields=["user", "-id"], name="jobs_of_one"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ("waiting", "running"))),
                        fields=("user", "asked_digest"),
                        name="job_asked_once",
                    )
                ],
            },
        ),
    ]
