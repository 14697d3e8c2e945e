import pytest

from tests.factories import make_article, make_section
from tests.staff import client_of

MODELS = ("article", "section", "source", "ebook", "ebooksection")


RIGHTS = [f"articles.{verb}_{m}" for m in MODELS for verb in ("view", "add", "change", "delete")]


@pytest.fixture
def jo(db):
    return client_of("jo", *RIGHTS)


@pytest.fixture
def article(db):
    """An article with three sections. In its form, Cold is row 0, Heat row 1 and Walk row 2."""
    article = make_article()
    for position, title in enumerate(("Cold", "Heat", "Walk")):
        make_section(article, title=title, anchor=title.lower(), position=10 + 10 * position)
    return article
