"""The command `daily`, run at a fixed time."""

from datetime import UTC, datetime, timedelta

from django.core.management import call_command

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
TWO_YEARS_AGO = datetime(2024, 11, 23, 10, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def daily(*options):
    call_command("daily", *options)


def days_ago(days):
    return NOW - timedelta(days=days)
