import pytest

from articles import social
from clinic_site.models import Practice
from tests.pictures import png_size


def test_social_card_has_the_size_that_networks_ask_for(client, starter):
    response = client.get("/social.png")

    assert (response.status_code, response["Content-Type"]) == (200, "image/png")
    assert png_size(response.content) == (1200, 630)


def test_social_card_shows_the_title_of_home_and_the_practice(client, starter):
    pictures = {client.get("/social.png").content}
    home = social.Article.objects.fixed_page("home")
    home.title = "A title of its own"
    home.save()
    pictures.add(client.get("/social.png").content)
    practice = Practice.load()
    practice.name = "A name of its own"
    practice.save()
    pictures.add(client.get("/social.png").content)

    assert len(pictures) == 3


def test_social_card_is_drawn_again_only_when_its_words_change(client, starter):
    social.draw_card.cache_clear()

    first, second = client.get("/social.png"), client.get("/social.png")

    assert first.content == second.content
    assert social.draw_card.cache_info()[:2] == (1, 1)  # hits, misses


@pytest.mark.parametrize("title", ['"#"', "\\", "{}", "é ü 背", "x" * 120])
def test_social_card_takes_any_title(client, starter, title):
    home = social.Article.objects.fixed_page("home")
    home.title = title
    home.save()

    assert png_size(client.get("/social.png").content) == (1200, 630)


def test_social_card_is_drawn_for_a_site_without_content(client, db):
    assert png_size(client.get("/social.png").content) == (1200, 630)


def test_manifest_names_the_practice_and_icons_that_are_there(client, starter):
    response = client.get("/site.webmanifest")

    manifest = response.json()
    assert response["Content-Type"] == "application/manifest+json"
    assert (manifest["name"], manifest["start_url"]) == ("Restore Physical Therapy LLC", "/")
    assert [icon["sizes"] for icon in manifest["icons"]] == ["192x192", "512x512"]
    for icon in manifest["icons"]:
        width, height = png_size(client.get(icon["src"]).getvalue())
        assert icon["sizes"] == f"{width}x{height}"


@pytest.mark.parametrize("path", ["/social.png", "/site.webmanifest"])
def test_card_and_manifest_take_no_post(client, db, path):
    response = client.post(path)

    assert (response.status_code, response["Allow"]) == (405, "GET, HEAD")
