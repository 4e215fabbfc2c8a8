"""What the desk itself keeps: which files were imported, views and columns of a list."""

from django.db import models

from bihuan.accounts.models import User
from bihuan.matters.models import Matter
from bihuan.places.models import Region


class ImportedFile(models.Model):
    """A file of which a county imported rows, known by the digest of its bytes."""

    kind = models.CharField(max_length=40)
    region = models.ForeignKey(Region, models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64)
    first_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("digest", "region", "kind"), name="imported_file_once"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.digest[:12]}"


class ImportedRow(models.Model):
    """One row of such a file and the matter that it became."""

    file = models.ForeignKey(ImportedFile, models.PROTECT, related_name="rows")
    number = models.IntegerField()
    matter = models.ForeignKey(Matter, models.PROTECT, related_name="+")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("file", "number"), name="imported_row_once"),
        )

    def __str__(self) -> str:
        return f"row {self.number} of {self.file_id}"


class SavedView(models.Model):
    """Filters, columns and order of a list under a name; one's own."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=40)
    name = models.CharField(max_length=20)
    query = models.TextField()
    kept_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("user", "kind", "name"), name="saved_view_once"),
        )

    def __str__(self) -> str:
        return self.name


class UsualColumns(models.Model):
    """Columns in their order that somebody sees when the address names none; one's own."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=40)
    keys = models.TextField()
    kept_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("user", "kind"), name="usual_columns_once"),)

    def __str__(self) -> str:
        return f"columns of {self.kind}"
