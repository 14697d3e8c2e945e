import logging

import pytest

from clinic_site.web.logs import JsonFormatter
from leads import links
from leads.delivery import outbox
from leads.models import EbookSignup
from tests.factories import make_practice
from tests.leads.everything import NAME, TRACES, fill_in_everything
from tests.leads.news_factories import ADDRESS


@pytest.fixture(autouse=True)
def _practice(db):
    make_practice(news_consent_text="Send me news.", **ADDRESS)


@pytest.fixture
def log_lines():
    """A list that receives each log line in the form in which the site writes it."""
    lines = []

    class Collector(logging.Handler):
        def emit(self, record):
            lines.append(JsonFormatter().format(record))

    handler, loggers = Collector(), [logging.getLogger(name) for name in ("", "django")]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.addHandler(handler)
        logger.setLevel(logging.INFO)
    yield lines
    for logger, level in zip(loggers, levels, strict=True):
        logger.removeHandler(handler)
        logger.setLevel(level)


def test_logs_hold_nothing_personal(client, log_lines, mailoutbox):
    fill_in_everything(client)
    while outbox.deliver_one():
        pass
    signup = EbookSignup.objects.get()
    my_data, stop = links.my_data_path(signup), links.news_unsubscribe_path(signup.public_id)
    client.get("/no-such-page/Zebulon")
    client.post("/ebooks/", {"first_name": NAME * 20, "email": "zeb.quux@"})
    client.get(my_data)
    client.post(stop)
    client.post(my_data, {"action": "erase", "sure": "on"})

    everything = "\n".join(log_lines).lower()
    assert '"event": "erased"' in everything
    assert '"kind": "library_link"' in everything
    tokens = [path.split("/")[-2].lower() for path in (my_data, stop)]
    assert [trace for trace in [*TRACES, *tokens] if trace in everything] == []
