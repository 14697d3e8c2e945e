"""After an edit, staff see it immediately and all readers soon, in every process."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

from tests.clinic_site.web.page_cache.edge import until

FROM_ADMIN = {"Referer": "https://www.example.com/admin/clinic_site/practice/"}
MANY = 40  # enough to reach all processes and threads


def rename(site, name) -> bytes:
    """Changes the practice and the content version in one transaction, as the admin does."""
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
    until(lambda: answers_to_search(site, "/privacy/", name.encode()) == {True})


def answers_to_search(site, path, words, **headers) -> set[bool]:
    """Whether many readers at the same time find the words: {True} when all do."""
    with ThreadPoolExecutor(MANY) as pool:
        return set(pool.map(lambda _: words in site.get(path, **headers)[2], range(MANY)))


@pytest.mark.parametrize("path", ["/privacy/", "/testimonials/", "/site.webmanifest"])
def test_edit_is_shown_to_staff_immediately_and_to_all_soon(site, former, path):
    assert answers_to_search(site, path, former) == {True}

    name = rename(site, "Lakeside Therapy")

    assert answers_to_search(site, path, name, **FROM_ADMIN) == {True}
    until(lambda: answers_to_search(site, path, name) == {True})
    assert answers_to_search(site, path, former) == {False}


def test_reader_gets_304_until_the_page_is_edited(site, former):
    etag = site.get("/privacy/")[1]["ETag"]
    until(lambda: site.get("/privacy/", **{"If-None-Match": etag})[0] == 304)

    name = rename(site, "Lakeside Therapy")
    status, headers, body = site.get("/privacy/", **FROM_ADMIN | {"If-None-Match": etag})

    assert (status, name in body) == (200, True)
    assert headers["ETag"] != etag
