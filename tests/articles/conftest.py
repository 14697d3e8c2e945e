import pytest

from articles.ebooks import build
from articles.models import Ebook, Edition
from tests.factories import make_article, make_ebook, make_practice, make_section


@pytest.fixture(autouse=True)
def data_dir(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    return tmp_path


@pytest.fixture
def section(db):
    make_practice()
    return make_section(make_article())


@pytest.fixture
def ebook(section) -> Ebook:
    """A published ebook of one section."""
    return make_ebook(section)


@pytest.fixture
def built(ebook) -> Edition:
    return build.build(ebook)
