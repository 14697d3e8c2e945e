"""What the admin offers for the whole site; each module registers its own part."""

from clinic_site.admin import dashboard, logins, practice

__all__ = ["dashboard", "logins", "practice"]
