"""How Django writes a moment where nobody says how: as leads/admin/display.py does in the lists."""

DATE_FORMAT = "M j, Y"
DATETIME_FORMAT = "M j, Y, g:i A"
