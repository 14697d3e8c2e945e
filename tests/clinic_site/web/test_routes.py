import pytest
from django.http import HttpResponse
from django.urls import include, path, re_path

from clinic_site import apps
from clinic_site.web import logs, routes
from tests.reading_settings import KEY, run


def show(request, **kwargs):
    return HttpResponse("A page.")


# A site with new pages behind tokens, for `use_new_routes`.
urlpatterns = [
    path("guides/<slug:slug>/", show),
    path("guides/<slug:slug>/vote/<str:token>/", show),
    path("sign/", include([path("form/<token>/", show), path("form/done/", show)])),
    path("sign/terms/", show),
    re_path(r"^old/(?P<token>\w+)/$", show),
    path("calls/<int:number>/<slug:token>/answer/", show),
    path("visit-<str:token>/", show),
]


@pytest.fixture
def use_new_routes(settings):
    settings.ROOT_URLCONF = __name__


@pytest.mark.parametrize(
    ("address", "logged"),
    [
        ("/guides/neck-pain/", "/guides/neck-pain/"),
        ("/guides/neck-pain/vote/secret/", "/guides/neck-pain/vote/-"),
        ("/sign/form/secret/", "/sign/form/-"),
        ("/sign/terms/", "/sign/terms/"),
        ("/old/secret/", "/old/-"),
        ("/calls/7/secret/answer/", "/calls/7/-"),
        ("/visit-secret/", "/visit--"),
    ],
)
@pytest.mark.usefixtures("use_new_routes")
def test_page_behind_a_token_is_hidden_without_a_list(address, logged):
    assert logs.loggable_path(address) == logged
    text = routes.without_tokens(f"Open https://clinic.example{address} today.", "-")
    assert text == f"Open https://clinic.example{logged} today."


@pytest.mark.usefixtures("use_new_routes")
def test_robots_are_kept_out_of_new_pages_behind_tokens():
    assert routes.robots_disallow() == [
        "/calls/", "/guides/*/vote/", "/old/", "/sign/form/", "/visit-",
    ]  # fmt: skip


def test_robots_are_kept_out_of_the_folders_that_are_private_today():
    assert routes.robots_disallow() == ["/ebooks/library/", "/my-data/", "/news/", "/preview/"]


@pytest.mark.parametrize(
    ("address", "hidden"),
    [
        ("/ebooks/library/secret/nonsense/x", "/ebooks/library/…"),
        ("/EBOOKS/Library/secret/", "/EBOOKS/Library/…"),
        ("/ebooks//library/secret/", "/ebooks//library/…"),
        ("/somewhere/my-data/secret", "/somewhere/my-data/…"),
        ("/news/confrim/secret/", "/news/…"),
        ("/ebooks/library/", "/ebooks/library/"),
        ("/ebooks/link/", "/ebooks/link/"),
        ("/newsletter/", "/newsletter/"),
    ],
)
def test_address_near_a_token_is_hidden_though_it_does_not_resolve(address, hidden):
    assert routes.without_tokens(address, "…") == hidden


@pytest.mark.parametrize(
    "start", ["ebooks/", "preview/", "static/admin/", "readyz/", "mail-events/"]
)
def test_admin_cannot_hide_a_public_page(settings, start):
    settings.ADMIN_PATH = start

    first = start.split("/")[0]
    assert [error.msg for error in apps.admin_has_its_own_address(None)] == [
        f"Setting ADMIN_PATH: cannot begin with {first}, because public pages have it."
        " Example: ADMIN_PATH=admin/"
    ]


@pytest.mark.parametrize("start", ["admin/", "staff/ebooks/", "ebook/"])
def test_admin_can_be_at_an_address_of_its_own(settings, start):
    settings.ADMIN_PATH = start

    assert apps.admin_has_its_own_address(None) == []


def test_site_does_not_start_with_the_admin_in_the_place_of_public_pages(tmp_path):
    settings = {"SECRET_KEY": KEY, "ADMIN_PATH": "guides/staff"}

    done = run(tmp_path, "manage.py", "check", "--tag", "urls", **settings)

    assert done.returncode == 1
    assert "Setting ADMIN_PATH: cannot begin with guides, because public pages" in done.stderr
