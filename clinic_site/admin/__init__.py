"""The parts of the admin that concern the whole site. Importing a module registers its part."""

from clinic_site.admin import dashboard, logins, practice

__all__ = ["dashboard", "logins", "practice"]
