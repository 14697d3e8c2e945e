import pytest

from tests.clinic_site.web.page_cache.edge import Edge


@pytest.fixture
def edge():
    made = Edge()
    yield made
    made.release_all()
