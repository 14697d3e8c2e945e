from django.apps import AppConfig
from django.conf import settings
from django.core.checks import Error, Tags, register
from django.db import connection
from django.db.models.signals import m2m_changed, post_delete, post_migrate, post_save

from clinic_site.staff import EDITORS, OWNERS
from clinic_site.web.routes import first_parts_outside_the_admin


def content_changed(sender, **kwargs):
    """Makes the page caches empty themselves after an edit of public content.

    Signals call it, because edits come from the admin, from commands and from shells.
    """
    if getattr(sender, "shown_on_public_pages", False):
        from clinic_site.models import ContentVersion  # noqa: PLC0415 models load after this module

        ContentVersion.bump()


def links_changed(instance, action, **kwargs):
    """Many-to-many links send m2m_changed and not post_save."""
    if action.startswith("post_"):
        content_changed(sender=instance)


class ClinicSiteConfig(AppConfig):
    name = "clinic_site"
    verbose_name = "The practice"
    group_rights = {
        EDITORS: ["clinic_site.view_practice"],
        # The apps of the login are not part of this project, so their rights are declared here.
        OWNERS: ["clinic_site.*", "auth.*", "otp_totp.*", "otp_static.*"],
    }

    def ready(self):
        from clinic_site.staff import groups  # noqa: PLC0415 models load after this module

        post_migrate.connect(groups.give_rights, dispatch_uid="give_rights")
        post_save.connect(content_changed, dispatch_uid="content_changed")
        post_delete.connect(content_changed, dispatch_uid="content_deleted")
        m2m_changed.connect(links_changed, dispatch_uid="links_changed")


@register(Tags.database)
def sqlite_is_safe(app_configs, databases, **kwargs):
    """Refuses to start the site if a power cut could lose a lead that was stored (promise 1)."""
    if not databases or connection.vendor != "sqlite":
        return []
    return [
        Error(
            f"SQLite runs with {name}={found}, but must run with {wanted} to lose no lead.",
            hint="Use the OPTIONS of clinic_site/configuration/database.py.",
            id="clinic_site.E001",
        )
        for name, wanted, found, is_safe in sqlite_settings()
        if not is_safe
    ]


@register(Tags.urls)
def admin_has_its_own_address(app_configs, **kwargs):
    """Refuses an ADMIN_PATH that public pages use.

    This is checked here and not in the settings, because the settings load before the routes.
    """
    from clinic_site.health import PROBES  # noqa: PLC0415 models load after this module

    taken = first_parts_outside_the_admin()
    taken |= {path.split("/")[1] for path in (settings.STATIC_URL, *PROBES)}
    first = settings.ADMIN_PATH.partition("/")[0]
    if first not in taken:
        return []
    return [
        Error(
            f"Setting ADMIN_PATH: cannot begin with {first}, because public pages have it."
            " Example: ADMIN_PATH=admin/",
            id="clinic_site.E002",
        )
    ]


def sqlite_settings():
    """Yields (name, wanted, found, is safe) for each setting that protects committed data."""
    is_in_memory = "mode=memory" in str(connection.settings_dict["NAME"])  # as in the tests

    def pragma(name):
        with connection.cursor() as cursor:
            return cursor.execute(f"PRAGMA {name}").fetchone()[0]

    journal, synchronous = pragma("journal_mode"), pragma("synchronous")
    mode, timeout = (
        connection.settings_dict["OPTIONS"].get("transaction_mode"),
        pragma("busy_timeout"),
    )
    yield "journal_mode", "wal", journal, journal == "wal" or is_in_memory
    yield "synchronous", "2 (FULL)", synchronous, synchronous >= 2
    yield "transaction_mode", "IMMEDIATE", mode, mode == "IMMEDIATE"
    yield "busy_timeout", "5000", timeout, timeout >= 5000
