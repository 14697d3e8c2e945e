import subprocess
import sys

import pytest

from tests.pictures import png_size
from tests.running_site import ROOT

DAY = "public, max-age=86400"
ICONS = {
    "/favicon.svg": "image/svg+xml",
    "/favicon.ico": "image/x-icon",
    "/icon-32.png": "image/png",
    "/icon-180.png": "image/png",
    "/icon-192.png": "image/png",
    "/icon-512.png": "image/png",
}


def stored(path: str) -> bytes:
    return (ROOT / "root_files" / path.removeprefix("/")).read_bytes()


@pytest.mark.parametrize(("path", "kind"), ICONS.items())
def test_icon_is_served_at_its_fixed_address_and_kept_for_a_day(client, path, kind):
    response = client.get(path)

    assert response.getvalue() == stored(path)
    assert (response.status_code, response["Content-Type"]) == (200, kind)
    assert response["Cache-Control"] == DAY


@pytest.mark.parametrize("edge", [32, 180, 192, 512])
def test_icon_has_the_size_in_its_name(client, edge):
    assert png_size(client.get(f"/icon-{edge}.png").getvalue()) == (edge, edge)


def test_favicon_ico_holds_the_small_icon(client):
    assert client.get("/favicon.ico").getvalue().endswith(stored("/icon-32.png"))


def test_icons_are_drawn_from_the_favicon(tmp_path):
    """When this fails after a change of favicon.svg, run `.venv/bin/python .ci/icons`."""
    subprocess.run([sys.executable, ROOT / ".ci" / "icons", tmp_path], check=True)

    drawn = {f"/{file.name}": file.read_bytes() for file in tmp_path.iterdir()}
    assert drawn == {path: stored(path) for path in ICONS if path != "/favicon.svg"}


def test_folder_holds_nothing_but_icons():
    """WhiteNoise serves every file of this folder to the public."""
    assert {f"/{file.name}" for file in (ROOT / "root_files").iterdir()} == set(ICONS)


@pytest.mark.parametrize("path", ICONS)
def test_icon_is_not_sent_to_a_browser_that_has_it(client, path):
    first = client.get(path)
    assert first.getvalue()  # reading to the end closes the file

    again = client.get(path, headers={"If-None-Match": first["ETag"]})

    assert (again.status_code, again.getvalue()) == (304, b"")


@pytest.mark.parametrize("path", ICONS)
def test_head_of_an_icon_tells_its_length(client, path):
    response = client.head(path)

    assert response.getvalue() == b""
    assert response["Content-Length"] == str(len(stored(path)))


@pytest.mark.parametrize("path", ICONS)
def test_icon_takes_no_post(client, path):
    response = client.post(path)

    assert (response.status_code, response["Allow"]) == (405, "GET, HEAD")


@pytest.mark.parametrize("name", ["icon-31.png", "icon-1024.png", "icon-0.png", "icon.svg"])
def test_other_icon_is_not_found(client, db, name):
    assert "We could not find that page" in client.get(f"/{name}").text


def test_pages_link_their_icons_card_and_manifest(client, starter):
    html = client.get("/").text

    for path in ("/favicon.svg", "/social.png", "/icon-180.png", "/site.webmanifest"):
        assert path in html
        assert client.get(path).getvalue()


def test_error_page_and_admin_link_an_icon_that_is_there(client, db):
    for page in ("/no-such-page/", "/admin/login/"):
        assert 'href="/favicon.svg"' in client.get(page).text
