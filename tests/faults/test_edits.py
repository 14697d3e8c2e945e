"""An edit while the site is read: who sees it when, in all processes."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

from tests.clinic_site.web.page_cache.edge import until

FROM_ADMIN = {"Referer": "https://www.example.com/admin/clinic_site/practice/"}
MANY = 40  # as many reach all processes and threads


def rename(site, name) -> bytes:
    """As saving the practice in the admin does it: the record and the version together."""
    with closing(site.connect()) as database:
        database.execute("BEGIN")
        database.execute(f"UPDATE clinic_site_practice SET name = '{name}'")
        database.execute("UPDATE clinic_site_contentversion SET number = number + 1")
        database.execute("COMMIT")
    return name.encode()


@pytest.fixture
def former(site):
    (name,) = site.rows("SELECT name FROM clinic_site_practice")[0]
    yield name.encode()
    rename(site, name)
    until(lambda: read(site, "/privacy/", name.encode()) == {True})


def read(site, path, words, **headers) -> set[bool]:
    """Whether many readers at once find the words on a page."""
    with ThreadPoolExecutor(MANY) as pool:
        return set(pool.map(lambda _: words in site.get(path, **headers)[2], range(MANY)))


@pytest.mark.parametrize("path", ["/privacy/", "/testimonials/", "/site.webmanifest"])
def test_edit_is_shown_to_staff_at_once_and_to_all_soon(site, former, path):
    assert read(site, path, former) == {True}

    name = rename(site, "Lakeside Therapy")

    assert read(site, path, name, **FROM_ADMIN) == {True}
    until(lambda: read(site, path, name) == {True})
    assert read(site, path, former) == {False}


def test_reader_who_has_a_page_is_told_so_until_it_is_edited(site, former):
    etag = site.get("/privacy/")[1]["ETag"]
    until(lambda: site.get("/privacy/", **{"If-None-Match": etag})[0] == 304)

    name = rename(site, "Lakeside Therapy")
    status, headers, body = site.get("/privacy/", **FROM_ADMIN | {"If-None-Match": etag})

    assert (status, name in body) == (200, True)
    assert headers["ETag"] != etag
