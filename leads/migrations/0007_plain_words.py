# Words only: no column changes, so this runs no SQL.

import django.core.validators
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("leads", "0006_email_in_one_word"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="accessrecord",
            options={
                "ordering": ["-at", "-pk"],
                "verbose_name": "access record",
                "verbose_name_plural": "access log",
            },
        ),
        migrations.AlterField(
            model_name="accessrecord",
            name="username",
            field=models.CharField(help_text="Kept when the login is deleted.", max_length=150),
        ),
        migrations.AlterField(
            model_name="attempt",
            name="hour",
            field=models.DateTimeField(help_text="The start of the hour."),
        ),
        migrations.AlterField(
            model_name="newsmessage",
            name="body",
            field=models.TextField(
                help_text="The site replaces [phone] and [practice] with your phone number and name."
            ),
        ),
        migrations.AlterField(
            model_name="newsmessage",
            name="sent_at",
            field=models.DateTimeField(
                editable=False, help_text="When the last mail was put into the outbox.", null=True
            ),
        ),
        migrations.AlterField(
            model_name="newsmessage",
            name="subject",
            field=models.CharField(
                help_text="The line that readers see in their inbox.",
                max_length=120,
                validators=[
                    django.core.validators.RegexValidator(
                        "[\\x00-\\x1f]", "Use one line.", inverse_match=True
                    )
                ],
            ),
        ),
        migrations.AlterField(
            model_name="outgoingmail",
            name="due_at",
            field=models.DateTimeField(
                default=django.utils.timezone.now,
                help_text="When the next try is due. While a worker sends the mail: when its lease ends.",
            ),
        ),
        migrations.AlterField(
            model_name="outgoingmail",
            name="mailbox",
            field=models.CharField(
                blank=True,
                db_default="",
                editable=False,
                help_text="Where mail to the address ends up. The daily limit counts by it.",
                max_length=254,
            ),
        ),
    ]
