"""Gives the groups of staff the rights that each app declares for them (promise 17).

An app declares them in `group_rights` of its AppConfig: for each group a list of patterns such as
"leads.*_testimonial". Rights exist only after `migrate`, so they are given then. Each is given only
once: if an owner takes a right from a group, or renames or deletes the group, it does not come
back. A model that is added later gets its rights by the patterns.
"""

from collections import defaultdict
from fnmatch import fnmatch

from django.apps import apps
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group, Permission
from django.db import connections, transaction

from clinic_site.models import GroupGrant


def rights_of_groups() -> dict[str, list[str]]:
    """The patterns of all apps, by the name of the group."""
    collected: dict[str, list[str]] = defaultdict(list)
    for config in apps.get_app_configs():
        for group, patterns in getattr(config, "group_rights", {}).items():
            collected[group] += patterns
    return collected


def give_rights(sender, using, **kwargs):
    """Gives the groups their rights on the models of the app that was just migrated."""
    tables = {model._meta.db_table for model in (GroupGrant, Group, Permission)}
    if not tables <= set(connections[using].introspection.table_names()):
        return  # only some apps were migrated
    create_permissions(sender, verbosity=0, using=using)
    with transaction.atomic(using=using):
        rights = Permission.objects.using(using).filter(content_type__app_label=sender.label)
        known = set(GroupGrant.objects.using(using).values_list("key", flat=True))
        for name, patterns in rights_of_groups().items():
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
