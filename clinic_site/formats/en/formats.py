"""Django's default formats for dates and times, equal to those of leads/admin/display.py."""

DATE_FORMAT = "M j, Y"
DATETIME_FORMAT = "M j, Y, g:i A"
