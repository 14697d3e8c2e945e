from tests.admin_pages import form_fields
from tests.articles.admin.test_pages import change_url, new_section
from tests.factories import make_article


def test_two_rows_with_one_address_are_refused_in_plain_words(editor):
    article = make_article()
    url = change_url(article)

    response = editor.post(url, form_fields(editor.get(url)) | new_section(0) | new_section(1))

    words = ["Another section of this page has this address. Choose a different one."]
    rows = next(
        wrapped.formset
        for wrapped in response.context["inline_admin_formsets"]
        if wrapped.formset.prefix == "sections"
    )
    assert rows.non_form_errors() == words
    assert rows.forms[1].non_field_errors() == words
    assert article.sections.count() == 0
