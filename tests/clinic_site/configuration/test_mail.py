import pytest

from tests.reading_settings import refusal, settings_with


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://mail.example.com", (25, False, False)),
        ("smtp://mail.example.com:26", (26, False, False)),
        ("smtp://mail.example.com:26?tls=true", (26, True, False)),
        ("smtp+tls://mail.example.com", (587, True, False)),
        ("smtp+tls://user:p%40ss@mail.example.com:588 ", (588, True, False)),
        ("smtp+ssl://mail.example.com", (465, False, True)),
        ("smtp+ssl://mail.example.com:466", (466, False, True)),
    ],
)
def test_mail_is_encrypted_as_the_scheme_says(tmp_path, url, server):
    found = settings_with(tmp_path, EMAIL_URL=url)

    assert (found["EMAIL_PORT"], found["EMAIL_USE_TLS"], found["EMAIL_USE_SSL"]) == server
    assert found["EMAIL_BACKEND"] == "django.core.mail.backends.smtp.EmailBackend"
    assert found["EMAIL_HOST"] == "mail.example.com"


def test_user_and_password_of_the_mail_server_are_unquoted(tmp_path):
    found = settings_with(tmp_path, EMAIL_URL="smtp+tls://us%2Fer:p%40ss@mail.example.com")

    assert (found["EMAIL_HOST_USER"], found["EMAIL_HOST_PASSWORD"]) == ("us/er", "p@ss")


@pytest.mark.parametrize(
    ("scheme", "module"),
    [("consolemail", "console"), ("dummymail", "dummy"), ("memorymail", "locmem")],
)
def test_scheme_that_sends_no_mail_has_its_backend(tmp_path, scheme, module):
    found = settings_with(tmp_path, EMAIL_URL=f"{scheme}://")

    assert found["EMAIL_BACKEND"] == f"django.core.mail.backends.{module}.EmailBackend"


def test_esp_is_told_not_to_count_opens_or_rewrite_links(tmp_path):
    url = "mailgun://the%2Dkey?api_url=https://api.eu.mailgun.net/v3"

    found = settings_with(tmp_path, EMAIL_URL=url, MAIL_WEBHOOK_SECRET="esp:0123456789abcdefghij")

    assert (found["ESP"], found["EMAIL_BACKEND"]) == (
        "mailgun", "anymail.backends.mailgun.EmailBackend",
    )  # fmt: skip
    assert found["ANYMAIL"] == {
        "MAILGUN_API_KEY": "the-key",
        "MAILGUN_API_URL": "https://api.eu.mailgun.net/v3",
        "WEBHOOK_SECRET": "esp:0123456789abcdefghij",
        "REQUESTS_TIMEOUT": 30,
        "SEND_DEFAULTS": {"track_clicks": False, "track_opens": False},
    }


@pytest.mark.parametrize("secret", ["short:one", "no-colon-in-these-many-letters", ":" * 30])
def test_webhook_secret_that_is_weak_is_refused(tmp_path, secret):
    said = refusal(tmp_path, EMAIL_URL="postmark://key", MAIL_WEBHOOK_SECRET=secret)

    assert said.startswith("Setting MAIL_WEBHOOK_SECRET: ")
    assert secret not in said
