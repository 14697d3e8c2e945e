from django.apps import apps
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command

from clinic_site.models import GroupGrant
from clinic_site.staff.groups import give_rights

FRONT_DESK = {
    "leads.view_ebooksignup",
    "leads.change_ebooksignup",
    "leads.view_consultationrequest",
    "leads.change_consultationrequest",
    "leads.view_requestevent",
    "leads.view_consent",
    "leads.view_outgoingmail",
    "leads.change_outgoingmail",
    "leads.view_bounce",
    "leads.delete_bounce",
}


def rights_of(group: str) -> set[str]:
    user, _ = get_user_model().objects.get_or_create(username=f"member of {group}")
    user.groups.add(Group.objects.get(name=group))
    return user.get_all_permissions()


def migrate_again():
    for config in apps.get_app_configs():
        give_rights(sender=config, using="default")


def test_fresh_database_has_three_groups(db):
    assert set(Group.objects.values_list("name", flat=True)) == {"Front desk", "Editors", "Owners"}


def test_front_desk_works_on_leads_and_on_nothing_else(db):
    assert rights_of("Front desk") == FRONT_DESK


def test_editors_write_and_see_no_lead(db):
    rights = rights_of("Editors")

    assert {"articles.change_section", "leads.change_testimonial"} <= rights
    others = {right for right in rights if not right.startswith("articles.")}
    assert others == {
        "leads.add_testimonial",
        "leads.change_testimonial",
        "leads.delete_testimonial",
        "leads.view_testimonial",
        "leads.add_newsmessage",
        "leads.change_newsmessage",
        "leads.delete_newsmessage",
        "leads.view_newsmessage",
        "clinic_site.view_practice",
    }


def test_owners_may_do_everything_with_the_sites_records_and_logins(db):
    apps_of_owners = ["clinic_site", "articles", "leads", "auth", "otp_totp", "otp_static"]
    every = Permission.objects.filter(content_type__app_label__in=apps_of_owners)

    assert rights_of("Owners") == {
        f"{right.content_type.app_label}.{right.codename}"
        for right in every.select_related("content_type")
    }


def test_group_gets_what_each_app_declares(db, monkeypatch):
    article_app = apps.get_app_config("articles")
    monkeypatch.setattr(article_app, "group_rights", {"Translators": ["articles.view_*"]})

    give_rights(sender=article_app, using="default")

    assert "articles.view_article" in rights_of("Translators")
    assert {right.split("_")[0] for right in rights_of("Translators")} == {"articles.view"}


def test_groups_keep_what_an_owner_changed(db):
    desk, right = (
        Group.objects.get(name="Front desk"),
        Permission.objects.get(codename="view_consent"),
    )
    desk.permissions.remove(right)
    Group.objects.get(name="Editors").delete()
    Group.objects.filter(name="Owners").update(name="Bosses")
    GroupGrant.objects.filter(key__endswith="articles.view_article").delete()  # as if it were new

    migrate_again()

    assert right not in desk.permissions.all()
    assert set(Group.objects.values_list("name", flat=True)) == {"Front desk", "Bosses"}


def test_groups_get_the_rights_of_a_model_that_is_new(db):
    """The right view_consent is missing, as if this release had brought it."""
    Permission.objects.filter(codename="view_consent").delete()
    GroupGrant.objects.filter(key__endswith="view_consent").delete()

    migrate_again()

    assert rights_of("Front desk") == FRONT_DESK


def test_groups_come_with_migrate_itself(transactional_db):
    call_command("flush", interactive=False, verbosity=0)

    assert Group.objects.get(name="Front desk").permissions.count() == len(FRONT_DESK)
