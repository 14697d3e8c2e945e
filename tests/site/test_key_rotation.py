import pytest

from leads import links
from tests.clinic_site.test_settings import KEY, start
from tests.factories import make_practice, make_signup


def test_links_and_sessions_of_the_former_key_stay_good(client, admin_user, settings):
    make_practice()
    path = links.library_path(make_signup())
    client.force_login(admin_user)

    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "the-new-key-" * 6

    assert client.get(path).status_code == 200
    assert client.get("/admin/").status_code == 200


def test_links_and_sessions_of_a_leaked_key_are_dead(client, admin_user, settings):
    make_practice()
    path = links.library_path(make_signup())
    client.force_login(admin_user)

    settings.SECRET_KEY = "the-new-key-" * 6

    assert client.get(path).status_code == 404
    assert client.get("/admin/").status_code == 302


@pytest.mark.parametrize(
    ("name", "value"),
    [("SECRET_KEY_FALLBACKS", "short"), ("REQUIRE_SECOND_FACTOR", "yse")],
)
def test_settings_of_keys_and_door_refuse_to_start_with_a_sentence(tmp_path, name, value):
    code, error = start(tmp_path, **{"SECRET_KEY": KEY, name: value})

    assert code == 1
    assert error.startswith(f"Setting {name}: ")
    assert f"Example: {name}=" in error


def test_settings_take_several_former_keys(tmp_path):
    former = f"{'a' * 50}, {'b' * 50}"

    assert start(tmp_path, SECRET_KEY=KEY, SECRET_KEY_FALLBACKS=former)[0] == 0
