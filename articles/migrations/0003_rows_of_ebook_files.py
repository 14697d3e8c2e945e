"""Moves the ebooks' files from pairs of columns to rows, one for each format.

The old columns stay in the database, filled by a default, because the former release still reads
and writes them while both releases run (promise 27). Only the models lose them here. A migration of
the release after this one drops them.
"""

from django.db import migrations, models
from django.db.models import JSONField, Value

CODES = ("epub", "pdf")  # the formats that had columns

EMPTY = {"blank": True, "db_default": ""}
ZERO = {"default": 0, "db_default": 0}
OLD_COLUMNS = {
    ("ebook", "upload_epub"): models.FileField(upload_to="ebooks/", **EMPTY),
    ("ebook", "upload_pdf"): models.FileField(upload_to="ebooks/", **EMPTY),
    ("historicalebook", "upload_epub"): models.TextField(max_length=100, **EMPTY),
    ("historicalebook", "upload_pdf"): models.TextField(max_length=100, **EMPTY),
    ("edition", "pages"): models.PositiveSmallIntegerField(**ZERO),
    ("edition", "epub_size"): models.PositiveIntegerField(**ZERO),
    ("edition", "pdf_size"): models.PositiveIntegerField(**ZERO),
}


def fill_rows(apps, schema_editor):
    model, using = apps.get_model, schema_editor.connection.alias
    for code in CODES:
        books = model("articles", "Ebook").objects.using(using).exclude(**{f"upload_{code}": ""})
        model("articles", "EbookUpload").objects.using(using).bulk_create(
            model("articles", "EbookUpload")(ebook_id=pk, file_format=code, file=name)
            for pk, name in books.values_list("pk", f"upload_{code}")
        )
        sizes = model("articles", "Edition").objects.using(using).filter(**{f"{code}_size__gt": 0})
        model("articles", "EditionFile").objects.using(using).bulk_create(
            model("articles", "EditionFile")(
                edition_id=pk, file_format=code, size=size, pages=pages if code == "pdf" else 0
            )
            for pk, size, pages in sizes.values_list("pk", f"{code}_size", "pages")
        )
    versions = model("articles", "HistoricalEbook").objects.using(using)
    for version in versions.exclude(upload_epub="", upload_pdf="").iterator():
        names = {code: getattr(version, f"upload_{code}") for code in CODES}
        version.uploads = {code: name for code, name in names.items() if name}
        version.save(update_fields=["uploads"])


def fill_columns(apps, schema_editor):
    """The way back. The rows are the truth; a column whose row is gone becomes empty."""
    model, using = apps.get_model, schema_editor.connection.alias
    empty = {f"upload_{code}": "" for code in CODES}
    model("articles", "Ebook").objects.using(using).update(**empty)
    for upload in model("articles", "EbookUpload").objects.using(using).filter(
        file_format__in=CODES
    ):
        books = model("articles", "Ebook").objects.using(using).filter(pk=upload.ebook_id)
        books.update(**{f"upload_{upload.file_format}": upload.file.name})
    for file in model("articles", "EditionFile").objects.using(using).filter(
        file_format__in=CODES
    ):
        edition = model("articles", "Edition").objects.using(using).filter(pk=file.edition_id)
        edition.update(**{f"{file.file_format}_size": file.size})
        if file.pages:
            edition.update(pages=file.pages)
    for version in model("articles", "HistoricalEbook").objects.using(using).iterator():
        for code in CODES:
            setattr(version, f"upload_{code}", version.uploads.get(code, ""))
        version.save(update_fields=list(empty))
    if schema_editor.connection.vendor == "postgresql":
        # PostgreSQL alters no table with deferred checks, and the next step drops the defaults.
        schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")


class Migration(migrations.Migration):
    dependencies = [("articles", "0002_ebooks_start_as_drafts")]

    operations = [
        migrations.CreateModel(
            name="EbookUpload",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("file_format", models.CharField("format", max_length=10)),
                ("file", models.FileField(upload_to="ebooks/")),
                (
                    "ebook",
                    models.ForeignKey(
                        on_delete=models.CASCADE, related_name="uploads", to="articles.ebook"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=["ebook", "file_format"], name="one_upload_a_format"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="EditionFile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("file_format", models.CharField("format", max_length=10)),
                ("size", models.PositiveIntegerField("bytes")),
                ("pages", models.PositiveSmallIntegerField(default=0)),
                (
                    "edition",
                    models.ForeignKey(
                        on_delete=models.CASCADE, related_name="files", to="articles.edition"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=["edition", "file_format"], name="one_edition_file_a_format"
                    )
                ],
            },
        ),
        migrations.AddField(
            model_name="historicalebook",
            name="uploads",
            field=JSONField(default=dict, db_default=Value({}, JSONField())),
        ),
        *(
            migrations.AlterField(model_name=model, name=name, field=field)
            for (model, name), field in OLD_COLUMNS.items()
        ),
        migrations.RunPython(fill_rows, fill_columns),
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RemoveField(model_name=model, name=name) for model, name in OLD_COLUMNS
            ]
        ),
    ]
