"""Reads the admin's pages and fills in its forms as a person does."""

import re
from html import unescape
from urllib.parse import urljoin

from django.db import connection
from django.test.utils import CaptureQueriesContext


def page_text(response) -> str:
    """The text of the page on one line, without tags."""
    text = re.sub(r"<(script|style|svg).*?</\1>", " ", response.text, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", text)).split())


def column(response, name: str) -> list[str]:
    """The texts of one column of a list, from the first row to the last."""
    cells = re.findall(rf'<t[dh] class="field-{name}[^"]*">(.*?)</t[dh]>', response.text, re.DOTALL)
    return [unescape(re.sub(r"<[^>]+>", "", cell)).strip() for cell in cells]


def same_queries(client, url: str, fill) -> bool:
    """Whether the page runs as many queries with 30 rows as with 1; `fill` makes the rows."""
    fill(range(1))
    client.get(url)  # fills the caches of the process
    with CaptureQueriesContext(connection) as few:
        client.get(url)
    fill(range(1, 30))
    with CaptureQueriesContext(connection) as many:
        client.get(url)
    assert len(many) == len(few), [query["sql"] for query in many]
    return len(many) < 40


def is_refused(response) -> bool:
    """Whether the page says that this login may not open it."""
    return response.status_code == 403 and "Your login does not open this page" in page_text(
        response
    )


def was_answered(response) -> bool:
    """Tells a redirect or a whole page, an error page too, from a crash or a broken answer."""
    if response.status_code in {301, 302}:
        # django-solo redirects to "../../", relative to the page.
        return urljoin(response.request["PATH_INFO"], response["Location"]).startswith("/")
    return response.status_code < 500 and "</html>" in response.text


def messages(response) -> list[str]:
    return [str(message) for message in response.context["messages"]]


def run_action(client, url: str, action: str, *rows):
    """Ticks the rows, chooses the action, presses Go and follows the redirect."""
    data = {"action": action, "_selected_action": [row.pk for row in rows], "index": 0}
    return client.post(url, data, follow=True)


def form_fields(response) -> dict[str, str]:
    """The fields that a browser would send if Save were pressed without a change."""
    fields = {"_opened": response.context["opened"]}
    forms = [response.context["adminform"].form]
    for wrapped in response.context.get("inline_admin_formsets", ()):
        forms += [wrapped.formset.management_form, *wrapped.formset.forms]
    for form in forms:
        for bound in form:
            fields |= field_values(bound)
    return fields


def field_values(bound) -> dict[str, str]:
    value = bound.value()
    if hasattr(bound.field.widget, "widgets"):
        is_sent = isinstance(value, list)  # after an error the form holds the values that were sent
        parts = value if is_sent else bound.field.widget.decompress(value)
        return {f"{bound.html_name}_{n}": str(part or "") for n, part in enumerate(parts)}
    if value is None or value is False:
        return {}
    return {bound.html_name: value if isinstance(value, list) else str(value)}
