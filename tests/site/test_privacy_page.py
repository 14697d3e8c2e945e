import pytest

from tests.factories import make_practice
from tests.leads.news_factories import ADDRESS


@pytest.fixture(autouse=True)
def _practice(db):
    make_practice(news_consent_text="Send me news.", **ADDRESS)


def test_privacy_page_breaks_no_line_between_a_number_and_its_unit(client, starter):
    page = client.get("/privacy/").text

    assert page.count('<td><span class="unbroken">24 months</span></td>') > 1
    assert "<td>24 months" not in page
