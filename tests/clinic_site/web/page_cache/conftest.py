import pytest

from tests.clinic_site.web.page_cache.edge import Edge


@pytest.fixture
def make_edge():
    """Makes edges. After the test they settle, so that no thread of theirs is seen by the next."""
    made = []

    def make(**arguments):
        made.append(Edge(**arguments))
        return made[-1]

    yield make
    for edge in made:
        edge.release_all()
        edge.settle()


@pytest.fixture
def edge(make_edge):
    return make_edge()
