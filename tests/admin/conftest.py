import pytest
from django.contrib.auth.models import Permission, User
from django.contrib.contenttypes.models import ContentType
from django.test import Client


def client_of(name, *rights):
    """Someone on the staff with these rights ("app.codename") and no others."""
    user = User.objects.create_user(name, is_staff=True)
    for right in rights:
        app, codename = right.split(".")
        model = codename.partition("_")[2]
        kind = ContentType.objects.get(app_label=app, model=model)
        permission = {"codename": codename, "content_type": kind}
        user.user_permissions.add(Permission.objects.get_or_create(**permission)[0])
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def owner(db):
    client = Client()
    client.force_login(User.objects.create_superuser("owner"))
    return client


@pytest.fixture
def desk(db):
    names = ("ebooksignup", "consultationrequest")
    rights = [f"leads.{verb}_{name}" for name in names for verb in ("view", "change")]
    return client_of("desk", *rights)


@pytest.fixture
def editor(db):
    models = ("article", "section", "source", "ebook", "ebooksection")
    return client_of(
        "editor",
        *[f"articles.{v}_{m}" for m in models for v in ("view", "add", "change", "delete")],
    )


@pytest.fixture
def nobody(db):
    """On the staff, with no right at all."""
    return client_of("nobody")
