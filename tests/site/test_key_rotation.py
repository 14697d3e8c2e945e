import pytest

from leads import links
from tests.admin_pages import page_text
from tests.clinic_site.test_settings import KEY, start
from tests.factories import make_practice, make_signup


def test_links_and_sessions_of_the_former_key_still_work(client, admin_user, settings):
    make_practice()
    path = links.library_path(make_signup())
    client.force_login(admin_user)

    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "the-new-key-" * 6

    assert "Your ebooks" in page_text(client.get(path))
    assert client.get("/admin/").context["user"] == admin_user


def test_links_and_sessions_of_a_removed_key_no_longer_work(client, admin_user, settings):
    make_practice()
    path = links.library_path(make_signup())
    client.force_login(admin_user)

    settings.SECRET_KEY = "the-new-key-" * 6

    assert 'action="/ebooks/link/"' in client.get(path).text
    assert client.get("/admin/")["Location"] == "/admin/login/?next=/admin/"


@pytest.mark.parametrize(
    ("name", "value"),
    [("SECRET_KEY_FALLBACKS", "short"), ("REQUIRE_SECOND_FACTOR", "yse")],
)
def test_wrong_settings_of_keys_and_second_factor_stop_the_start_with_a_message(
    tmp_path, name, value
):
    code, error = start(tmp_path, **{"SECRET_KEY": KEY, name: value})

    assert code == 1
    assert error.startswith(f"Setting {name}: ")
    assert f"Example: {name}=" in error


def test_settings_take_several_former_keys(tmp_path):
    former = f"{'a' * 50}, {'b' * 50}"

    assert start(tmp_path, SECRET_KEY=KEY, SECRET_KEY_FALLBACKS=former)[0] == 0
