from django.db import migrations


class Migration(migrations.Migration):
    """The table of sent forms goes to the leads, where the API can use it as well."""

    dependencies = [("portal", "0001_sent_forms")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.AlterModelTable("SentForm", "leads_sentform")],
            state_operations=[migrations.DeleteModel("SentForm")],
        ),
    ]
