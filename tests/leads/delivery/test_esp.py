"""Mail by an ESP's API, and what the ESP reports later. Here the API is a server on loopback."""

import base64
import hashlib
import hmac
import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from leads.delivery import esp, outbox
from leads.models import Bounce, OutgoingMail
from tests.factories import make_mail, make_practice
from tests.leads.news_factories import ledger, make_reader

SECRET = "esp:a-long-random-password"
ID = "<1@example.com>"
TO = "ann@example.com"


@pytest.fixture(autouse=True)
def _practice(db):
    make_practice()


@pytest.fixture
def use(settings):
    """Sets what EMAIL_URL=<name>://key would set."""

    def named(name, **more):
        settings.ESP = name
        settings.EMAIL_BACKEND = f"anymail.backends.{name}.EmailBackend"
        keys = {"API_KEY": "key", "SERVER_TOKEN": "key"} | more
        settings.ANYMAIL = {f"{name.upper()}_{key}": value for key, value in keys.items()} | {
            "WEBHOOK_SECRET": SECRET,
            "SEND_DEFAULTS": {"track_clicks": False, "track_opens": False},
        }

    return named


# Sending


@pytest.fixture
def api(use):
    """Postmark's API. `api.answer` is its answer, `api.asked` are the requests it got."""

    class Api(BaseHTTPRequestHandler):
        answer = (200, {"ErrorCode": 0, "To": TO, "MessageID": "p-1", "Message": "OK"})
        asked: list = []

        def do_POST(self):
            Api.asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            status, body = Api.answer
            self.send_response(status)
            self.end_headers()
            self.wfile.write(json.dumps(body).encode())

        def log_message(self, *arguments):
            """Keeps the server from printing each request."""

    Api.asked = []
    server = HTTPServer(("127.0.0.1", 0), Api)
    threading.Thread(target=server.serve_forever).start()
    use("postmark", API_URL=f"http://127.0.0.1:{server.server_port}/")
    yield Api
    server.shutdown()
    server.server_close()


def test_esp_gets_the_mail_unchanged_with_its_metadata(api):
    make_mail(html="<p>Here.</p>")

    assert outbox.deliver_one().state == "sent"

    (sent,) = api.asked
    assert (sent["To"], sent["Subject"], sent["TextBody"]) == (TO, "Your ebooks", "Here.")
    assert sent["Metadata"] == {"mail": ID}
    assert (sent["TrackOpens"], sent["TrackLinks"]) == (False, "None")
    assert {"Name": "Message-ID", "Value": ID} in sent["Headers"]


INACTIVE = f"Found inactive addresses: {TO}. Inactive recipients are ones that have bounced."


@pytest.mark.parametrize(
    ("status", "body", "state", "marked"),
    [
        (422, {"ErrorCode": 406, "Message": INACTIVE}, "failed", 1),
        (422, {"ErrorCode": 400, "Message": "Sender signature not found"}, "queued", 0),
        (401, {"ErrorCode": 10, "Message": "Bad token"}, "queued", 0),
        (429, {"ErrorCode": 429, "Message": "Too many"}, "queued", 0),
        (500, {"ErrorCode": 500, "Message": "Down"}, "queued", 0),
    ],
)
def test_esp_that_refuses_is_final_only_about_the_recipient(api, status, body, state, marked):
    make_mail()
    api.answer = (status, body)

    mail = outbox.deliver_one()

    assert (mail.state, Bounce.objects.count()) == (state, marked)
    assert mail.last_error.startswith("Anymail")


# Reports


def post_event(client, event, *, secret=SECRET, **kind):
    headers = {"Authorization": f"Basic {base64.b64encode(secret.encode()).decode()}"}
    body = event if isinstance(event, str) else json.dumps(event)
    kind = {"content_type": "application/json"} | kind
    return client.post("/mail-events/", body, headers=headers, **kind).status_code


def postmark(kind, **more):
    return {"RecordType": kind, "Email": TO, "Recipient": TO, "Metadata": {"mail": ID}} | more


def mailgun_signed(event):
    timestamp, token = "1700000000", "t" * 50
    signature = hmac.new(b"key", f"{timestamp}{token}".encode(), hashlib.sha256).hexdigest()
    return {
        "signature": {"timestamp": timestamp, "token": token, "signature": signature},
        "event-data": event,
    }


BOUNCES = {
    "postmark": postmark("Bounce", Type="HardBounce", Description="550 no such user"),
    "mailgun": mailgun_signed(
        {
            "event": "failed",
            "severity": "permanent",
            "reason": "bounce",
            "recipient": TO,
            "user-variables": {"mail": ID},
            "delivery-status": {"message": "550 no such user", "code": 550},
        }
    ),
    "sparkpost": [
        {
            "msys": {
                "message_event": {
                    "type": "bounce",
                    "bounce_class": "10",
                    "raw_rcpt_to": TO,
                    "rcpt_meta": {"mail": ID},
                    "raw_reason": "550 no such user",
                    "timestamp": "1700000000",
                }
            }
        }
    ],
}


@pytest.mark.parametrize("name", BOUNCES)
def test_bounce_marks_mail_and_address(client, use, name):
    make_mail(state="sent")
    use(name)

    assert post_event(client, BOUNCES[name]) == 200

    mail, bounce = OutgoingMail.objects.get(), Bounce.objects.get()
    assert (mail.state, mail.last_error) == ("failed", "Came back: 550 no such user")
    assert (bounce.address, bounce.reason, bounce.words) == (TO, "dead", "550 no such user")


def test_bounce_reported_twice_is_stored_once(client, use):
    make_mail(state="sent")
    use("postmark")

    assert {post_event(client, BOUNCES["postmark"]) for _ in range(2)} == {200}
    assert Bounce.objects.count() == 1


def test_bounce_of_a_transient_kind_marks_nothing(client, use):
    make_mail(state="sent")
    use("postmark")

    post_event(client, postmark("Bounce", Type="Transient"))
    post_event(client, postmark("Bounce", Type="Blocked"))

    assert Bounce.objects.count() == 0


def test_bounce_before_the_worker_has_settled_is_not_overwritten(client, use, monkeypatch):
    make_mail()
    use("postmark")
    monkeypatch.setattr(outbox, "send", lambda mail: post_event(client, BOUNCES["postmark"]))

    outbox.deliver_one()

    assert OutgoingMail.objects.get().state == "failed"


def test_bounce_of_someone_erased_stores_nothing(client, use):
    use("postmark")

    assert post_event(client, BOUNCES["postmark"]) == 200
    assert Bounce.objects.count() == 0


def test_bounce_of_another_address_than_the_mail_went_to_is_ignored(client, use):
    make_mail(state="sent", to_key="bo@example.com")
    use("postmark")

    post_event(client, BOUNCES["postmark"])

    assert Bounce.objects.count() == 0


@pytest.mark.parametrize(
    ("event", "channel"),
    [
        (postmark("SpamComplaint", Type="SpamComplaint"), "complaint"),
        (postmark("SubscriptionChange", SuppressionReason="ManualSuppression"), "one-click"),
    ],
)
def test_complaint_and_unsubscribing_end_the_news(client, use, event, channel):
    reader = make_reader(email=TO, email_key=TO)
    make_mail(state="sent")
    use("postmark")

    assert post_event(client, event) == 200

    assert ledger(reader)[-1] == "withdrawn"
    assert reader.consents.get(event="withdrawn").channel == channel


def test_delivery_report_marks_the_mail_as_sent(client, use):
    make_mail(attempts=1)
    use("postmark")

    assert post_event(client, postmark("Delivery")) == 200

    assert OutgoingMail.objects.get().state == "sent"


@pytest.mark.parametrize("secret", ["", "esp:wrong", "esp:a-long-random-passworD"])
def test_event_without_the_secret_is_refused(client, use, secret):
    make_mail(state="sent")
    use("postmark")

    assert post_event(client, BOUNCES["postmark"], secret=secret) == 400
    assert (OutgoingMail.objects.get().state, Bounce.objects.count()) == ("sent", 0)


NOT_EVENTS = ["", "{", "[]", "null", "7", '{"RecordType": 7}', '"\\u0000"']
NOT_VALUES = [None, 7, [], {"mail": 7}, {"mail": "\0"}, "\0"]


@pytest.mark.parametrize("name", BOUNCES)
@pytest.mark.parametrize(
    "garbage",
    NOT_EVENTS
    + [postmark("Bounce", **{key: value}) for key in ("Email", "Metadata") for value in NOT_VALUES],
)
def test_invalid_event_never_crashes(client, use, name, garbage):
    make_mail(state="sent")
    use(name)

    assert post_event(client, garbage) in {200, 400}
    assert OutgoingMail.objects.get().state == "sent"


def test_event_page_is_missing_without_an_esp_or_a_secret(client, use, settings):
    assert post_event(client, BOUNCES["postmark"]) == 404
    use("postmark")
    settings.ANYMAIL = settings.ANYMAIL | {"WEBHOOK_SECRET": ""}

    assert post_event(client, BOUNCES["postmark"]) == 404


def test_event_page_answers_the_trial_of_the_esp_and_refuses_get(client, use):
    use("postmark")

    trial, read = client.head("/mail-events/"), client.get("/mail-events/")

    assert (trial.status_code, trial.content) == (200, b"")
    assert (read.status_code, read["Allow"]) == (405, "HEAD, POST")


def test_metadata_is_the_message_id_in_the_outbox(db):
    assert esp.metadata(make_mail()) == {"mail": ID}
