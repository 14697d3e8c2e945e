import re

from clinic_site.web.editor_hashes import csp_hash, import_map_hash
from tests.factories import make_article, make_section


def test_policy_allows_the_import_map_that_the_editor_writes(editor):
    section = make_section(make_article())

    page = editor.get(f"/admin/articles/section/{section.pk}/change/")

    maps = re.findall(r'<script[^>]*type="importmap"[^>]*>(.*?)</script>', page.text, re.DOTALL)
    assert [csp_hash(text) for text in maps] == [import_map_hash()]
    assert import_map_hash() in page["Content-Security-Policy"]
