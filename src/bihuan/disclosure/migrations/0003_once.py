"""A publication's number is given once by an organ; another county may count the same."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """The old key was stricter, so there are no doubles."""

    dependencies = [("disclosure", "0002_organs")]
    operations = [
        migrations.AlterField(
            model_name="snapshot",
            name="number",
            field=models.CharField(max_length=40, verbose_name="公开编号"),
        ),
        migrations.AddConstraint(
            model_name="snapshot",
            constraint=models.UniqueConstraint(
                fields=("organ", "number"), name="publication_number_once"
            ),
        ),
    ]
