from django.contrib.auth.models import Permission, User
from django.contrib.contenttypes.models import ContentType
from django.test import Client


def client_of(name, *rights):
    """A logged-in client of a member of staff with these rights ("app.codename") and no others."""
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
