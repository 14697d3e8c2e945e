"""Three groups of staff with the least rights their work needs (promise 17).

Given after `migrate`, because rights exist only then, and each right once: what an owner takes away
from a group, or a group that is renamed or deleted, does not come back. A model that is added later
brings its rights along by the patterns.
"""

from fnmatch import fnmatch

from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group, Permission
from django.db import connections, transaction

from clinic_site.models import GroupGrant

GROUPS = {
    "Front desk": [
        "leads.view_ebooksignup",
        "leads.change_ebooksignup",
        "leads.view_consultationrequest",
        "leads.change_consultationrequest",
        "leads.view_requestevent",
        "leads.view_consent",
        "leads.view_outgoingmail",
        "leads.change_outgoingmail",  # to send a mail again; nobody edits one
        "leads.view_bounce",
        "leads.delete_bounce",
    ],
    "Editors": [
        "articles.*",
        "leads.*_testimonial",
        "leads.view_newsmessage",
        "leads.add_newsmessage",
        "leads.change_newsmessage",
        "leads.delete_newsmessage",
        "clinic_site.view_practice",
    ],
    "Owners": ["clinic_site.*", "articles.*", "leads.*", "auth.*", "otp_totp.*", "otp_static.*"],
}


def give_rights(sender, using, **kwargs):
    """After an app's migrations: the rights on its models, to the groups that need them."""
    tables = {model._meta.db_table for model in (GroupGrant, Group, Permission)}
    if not tables <= set(connections[using].introspection.table_names()):
        return  # only some apps were migrated
    create_permissions(sender, verbosity=0, using=using)
    with transaction.atomic(using=using):
        rights = Permission.objects.using(using).filter(content_type__app_label=sender.label)
        known = set(GroupGrant.objects.using(using).values_list("key", flat=True))
        for name, patterns in GROUPS.items():
            wanted = {
                f"{name}: {label}": right
                for right in rights
                if any(fnmatch(label := f"{sender.label}.{right.codename}", p) for p in patterns)
            }
            give(name, {key: right for key, right in wanted.items() if key not in known}, using)


def give(name: str, rights: dict[str, Permission], using: str) -> None:
    if not rights:
        return
    _, is_first = GroupGrant.objects.using(using).get_or_create(key=name)
    groups = Group.objects.using(using)
    if is_first:
        groups.get_or_create(name=name)
    if group := groups.filter(name=name).first():
        group.permissions.add(*rights.values())
    GroupGrant.objects.using(using).bulk_create(GroupGrant(key=key) for key in rights)
