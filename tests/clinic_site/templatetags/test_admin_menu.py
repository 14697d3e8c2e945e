import re


def menu(page):
    nav = re.search(r'<nav class="sections".*?</nav>', page.text, re.DOTALL)[0]
    entries = re.findall(r'<a href="([^"]+)"( aria-current="page")?>([^<]+)</a>', nav)
    return {name: (url, bool(current)) for url, current, name in entries}


def test_menu_has_the_lists_of_all_apps_for_an_owner(owner):
    page = owner.get("/admin/leads/consultationrequest/")

    assert menu(page) == {
        "Today": ("/admin/", False),
        "Articles": ("/admin/articles/article/", False),
        "Ebooks": ("/admin/articles/ebook/", False),
        "Requests": ("/admin/leads/consultationrequest/", True),
        "Sign-ups": ("/admin/leads/ebooksignup/", False),
        "News": ("/admin/leads/newsmessage/", False),
        "Outbox": ("/admin/leads/outgoingmail/", False),
        "Testimonials": ("/admin/leads/testimonial/", False),
        "Practice": ("/admin/clinic_site/practice/", False),
    }


def test_menu_leaves_out_what_the_staff_member_may_not_open(desk, editor):
    assert list(menu(desk.get("/admin/"))) == ["Today", "Requests", "Sign-ups"]
    assert list(menu(editor.get("/admin/"))) == ["Today", "Articles", "Ebooks"]


def test_menu_marks_today_on_its_own_page_only(owner):
    assert menu(owner.get("/admin/"))["Today"] == ("/admin/", True)
