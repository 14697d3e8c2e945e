"""The people who work in the admin: their groups, how they log in, and what locks them out."""

# Each AppConfig names in `group_rights` what these groups may do with its models.
FRONT_DESK, EDITORS, OWNERS = "Front desk", "Editors", "Owners"
