import pytest

from leads.models import ConsultationRequest, EbookSignup


@pytest.mark.parametrize("model", [EbookSignup, ConsultationRequest])
def test_columns_of_the_site_and_the_team_are_not_posted(model):
    columns = {field.name for field in model._meta.concrete_fields}

    assert model.not_posted < columns
    assert set(model.posted_fields()) == columns - model.not_posted


def test_signup_posts_a_name_and_an_address():
    assert EbookSignup.posted_fields() == ["first_name", "email"]
    assert EbookSignup.posted_fields(besides=["email"]) == ["first_name"]
