"""A mine has the code by which its monitoring systems name it in every file."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Empty where none was typed; no two mines have the same."""

    dependencies = [("places", "0002_initials")]

    operations = [
        migrations.AddField(
            model_name="site",
            name="code",
            field=models.CharField("煤矿编码", max_length=12, blank=True, default=""),
        ),
        migrations.AddConstraint(
            model_name="site",
            constraint=models.UniqueConstraint(
                fields=("code",), condition=~models.Q(code=""), name="site_code_once"
            ),
        ),
    ]
