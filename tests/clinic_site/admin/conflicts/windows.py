"""A page of the admin that a person has open, while another person saves theirs."""

import re

from django.urls import reverse

from tests.admin_pages import form_fields


def change_url(row):
    return reverse(f"admin:{row._meta.label_lower.replace('.', '_')}_change", args=[row.pk])


class Window:
    """A change page that a person has open. Like a browser, it sends back all of its fields."""

    def __init__(self, client, row, url=None):
        self.client, self.url = client, url or change_url(row)
        self.fields = form_fields(client.get(self.url))

    def save(self, **typed):
        """Sends the form. If questions come back, the window shows the page with them."""
        response = self.client.post(self.url, self.fields | typed)
        if response.status_code == 200:
            self.fields = form_fields(response)
        return response


def questions(response) -> dict[str, list[str]]:
    """Which radio buttons of each question are ticked, by the name of the question."""
    boxes = re.findall(r'<input type="radio" name="(keep-.*?)"(.*?)>', response.text)
    return {name: [box for n, box in boxes if n == name and "checked" in box] for name, _ in boxes}
