import pytest

from clinic_site.configuration import environment
from tests.reading_settings import KEY, refusal, run, settings_with, start


def test_secret_key_is_read_from_a_file(tmp_path):
    (tmp_path / "key").write_text(KEY + "\n")

    assert (
        settings_with(tmp_path, SECRET_KEY="", SECRET_KEY_FILE=str(tmp_path / "key"))["SECRET_KEY"]
        == KEY
    )


def test_secret_key_takes_precedence_over_its_file(tmp_path):
    """A site that has set both must not change its key, because its library links would stop."""
    (tmp_path / "key").write_text("f" * 50)

    found = settings_with(tmp_path, SECRET_KEY=KEY, SECRET_KEY_FILE=str(tmp_path / "key"))

    assert found["SECRET_KEY"] == KEY


def test_former_secret_keys_are_separated_by_commas_or_spaces(tmp_path):
    first, second, third = ("a" * 50, "b" * 50, "c" * 50)

    found = settings_with(tmp_path, SECRET_KEY_FALLBACKS=f"{first},{second} {third}")

    assert found["SECRET_KEY_FALLBACKS"] == [first, second, third]


def test_secret_key_file_that_does_not_exist_is_refused(tmp_path):
    code, error = start(tmp_path, SECRET_KEY_FILE="/nowhere/key")

    assert (code, error.splitlines()[0]) == (
        1,
        "Setting SECRET_KEY_FILE: cannot be read (No such file or directory)."
        " Example: SECRET_KEY_FILE=/etc/clinic/secret-key",
    )


def test_secret_key_file_that_is_not_text_is_refused(tmp_path):
    (tmp_path / "key").write_bytes(b"\xff" * 60)

    said = refusal(tmp_path, SECRET_KEY="", SECRET_KEY_FILE=str(tmp_path / "key"))

    assert said.startswith("Setting SECRET_KEY_FILE: is not text in UTF-8.")


def test_dotenv_that_is_not_utf8_is_refused_with_a_sentence(tmp_path):
    (tmp_path / ".env").write_bytes(b"DEFAULT_FROM_EMAIL=M\xfcller <desk@example.com>")

    with pytest.raises(SystemExit, match=r"\.env is not text in UTF-8; save it as UTF-8\.$"):
        environment.load(tmp_path / ".env")


def test_host_that_is_not_ascii_is_refused_with_a_hint(tmp_path):
    assert "punycode (xn--" in refusal(tmp_path, BASE_URL="https://klinik-müller.example")


@pytest.mark.parametrize(
    ("url", "hosts", "expected"),
    [
        ("https://WWW.Example.com:443", "", ["https://www.example.com"]),
        ("HTTP://example.com:80/", "", ["http://example.com"]),
        ("https://example.com:80", "", ["https://example.com:80"]),
        (
            "https://www.example.com:8443",
            "Example.com WWW.example.com",
            ["https://www.example.com:8443", "https://example.com:8443"],
        ),
        ("http://127.0.0.1:8000", "", ["http://127.0.0.1:8000", "http://localhost:8000"]),
        ("http://[0:0::1]:8000", "", ["http://[::1]:8000"]),
        ("https://e.com", "[2001:DB8::1],e.com", ["https://e.com", "https://[2001:db8::1]"]),
    ],
)
def test_every_allowed_host_becomes_an_origin(tmp_path, url, hosts, expected):
    found = settings_with(tmp_path, BASE_URL=url, ALLOWED_HOSTS=hosts)

    assert expected == found["CSRF_TRUSTED_ORIGINS"]
    assert found["BASE_URL"] == expected[0]


def test_ipv6_host_is_allowed_in_brackets(tmp_path):
    found = settings_with(tmp_path, BASE_URL="http://[::1]:8000")

    assert found["ALLOWED_HOSTS"] == ["[::1]"]


def test_origins_contain_the_address_once(tmp_path):
    show = "from django.conf import settings; print(settings.CSRF_TRUSTED_ORIGINS)"
    done = run(
        tmp_path,
        "-c",
        show,
        DJANGO_SETTINGS_MODULE="clinic_site.settings",
        SECRET_KEY=KEY,
        BASE_URL="https://WWW.Example.com:443",
    )

    assert done.stdout == "['https://www.example.com']\n"


def test_allowed_hosts_without_the_host_of_the_site_are_refused(tmp_path):
    said = refusal(tmp_path, BASE_URL="https://www.example.com", ALLOWED_HOSTS="example.com")

    assert "must contain www.example.com" in said


def test_allowed_hosts_without_the_host_of_base_url_are_refused(tmp_path):
    error = refusal(tmp_path, BASE_URL="https://a.example", ALLOWED_HOSTS="b.example")

    assert error.startswith("Setting ALLOWED_HOSTS: must contain a.example, the host of BASE_URL")


def test_allowed_hosts_without_a_base_url_include_the_local_one(tmp_path):
    found = settings_with(tmp_path, ALLOWED_HOSTS="b.example")

    assert found["ALLOWED_HOSTS"] == ["b.example", "127.0.0.1"]
