"""Which part of the site may know which: leads → articles → clinic_site, and never back.

docs and CONTRIBUTING describe the parts. An arrow in the wrong direction may be an import, a
template that includes another app's, or a name in a string.
"""

import ast
import re
from collections import Counter
from pathlib import Path

import pytest
from django.apps import apps
from django.urls import URLPattern, get_resolver

ROOT = Path(__file__).resolve().parent.parent
FLOORS = ["clinic_site", "articles", "leads"]  # each may know itself and those before it
# They put the apps together, so they name all of them.
WIRING = {"clinic_site/settings.py", "clinic_site/urls.py"}
# The owners of the folders below templates/; everything else there belongs to clinic_site.
TEMPLATE_OWNERS = {
    "articles": "articles",
    "ebooks": "articles",
    "social": "articles",
    "admin/articles": "articles",
    "leads": "leads",
    "emails": "leads",
    "admin/leads": "leads",
}
MODULES_AT_MOST = 13


def sources(folder: str) -> list[Path]:
    files = [file.relative_to(ROOT) for file in sorted((ROOT / folder).rglob("*.py"))]
    return [file for file in files if "migrations" not in file.parts]


MODULES = [file for floor in FLOORS for file in sources(floor)]
TEMPLATES = [
    file.relative_to(ROOT)
    for file in sorted((ROOT / "templates").rglob("*"))
    if file.suffix in {".html", ".txt", ".xhtml", ".xml"}
]
LAYERED = [file for file in MODULES if str(file) not in WIRING]
TREES = {file: ast.parse((ROOT / file).read_text()) for file in MODULES}


def above(floor: str) -> list[str]:
    return FLOORS[FLOORS.index(floor) + 1 :]


def imported(tree: ast.Module) -> list[str]:
    names = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names.append(node.module or "")
    return names


def strings(tree: ast.Module) -> list[str]:
    """All string constants but docstrings."""
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in docstrings
    ]


def owner(template: Path) -> str:
    parts = template.parts[1:-1]
    return TEMPLATE_OWNERS.get("/".join(parts[:2])) or TEMPLATE_OWNERS.get(
        "".join(parts[:1]), "clinic_site"
    )


def owner_of_name(name: str) -> str:
    return owner(Path("templates") / name)


def first_parts_of_addresses() -> set[str]:
    """`ebooks` of ebooks/library/<token>/, for each route of the apps."""
    found = set()
    for resolver in get_resolver().url_patterns:
        if getattr(resolver, "app_name", "") in FLOORS:
            routes = [p for p in resolver.url_patterns if isinstance(p, URLPattern)]
            found |= {str(p.pattern).partition("/")[0] for p in routes if "/" in str(p.pattern)}
    return found


def findings(files, look) -> dict[str, list[str]]:
    """What `look` finds in each file, without the files where it finds nothing."""
    found = {str(file): look(file) for file in files}
    return {file: wrong for file, wrong in found.items() if wrong}


def test_modules_import_no_app_above_them():
    def look(file):
        return [n for n in imported(TREES[file]) if n.split(".")[0] in above(file.parts[0])]

    assert findings(LAYERED, look) == {}


def test_modules_name_no_app_above_them_in_a_string():
    def look(file):
        names = "|".join(above(file.parts[0])) or "no app"
        return [t for t in strings(TREES[file]) if re.search(rf"\b(?:{names})[.:/_]\w", t)]

    assert findings(LAYERED, look) == {}


def test_modules_have_no_literal_address():
    addresses = re.compile(rf"/(?:{'|'.join(sorted(first_parts_of_addresses()))})/[\w/.-]*")

    def look(file):
        return [text for text in strings(TREES[file]) if addresses.fullmatch(text)]

    assert findings(MODULES, look) == {}


def test_templates_use_nothing_of_an_app_above_them():
    def look(template):
        source, floors = (ROOT / template).read_text(), above(owner(template))
        used = re.findall(r'{% *(?:include|extends) "([^"]+)"', source)
        libraries = " ".join(re.findall(r"{% *load ([\w ]+?)(?: from \w+)? *%}", source)).split()
        routes = re.findall(r"{% *url '(?:admin:)?([a-z]+)[:_]", source)
        names = [*libraries, *routes]
        return [n for n in used if owner_of_name(n) in floors] + [n for n in names if n in floors]

    assert findings(TEMPLATES, look) == {}


def test_templates_have_no_literal_address_and_no_slug():
    first = "|".join(sorted(first_parts_of_addresses()))
    literal = re.compile(rf"""["'](/(?:{first})/[^"']*)|slug *== *("[\w-]+")""")

    assert findings(TEMPLATES, lambda file: literal.findall((ROOT / file).read_text())) == {}


def test_each_place_on_a_page_is_filled_and_each_part_has_its_place():
    named = [
        place
        for template in TEMPLATES
        for place in re.findall(r'{% *place "([^"]+)"', (ROOT / template).read_text())
    ]
    filled = [place for app in apps.get_app_configs() for place in getattr(app, "page_parts", {})]

    assert sorted(set(named)) == sorted(set(filled))


def test_packages_have_about_a_dozen_modules_at_most():
    counted = Counter(file.parent for file in MODULES if file.name != "__init__.py")

    assert {str(folder): n for folder, n in counted.items() if n > MODULES_AT_MOST} == {}


@pytest.mark.parametrize("folder", FLOORS)
def test_tests_are_where_the_path_of_their_module_says(folder):
    """tests/leads/news/test_mailing.py, or test_mailing_batches.py, for leads/news/mailing.py."""
    wrong = []
    for file in sorted((ROOT / "tests" / folder).rglob("test_*.py")):
        package = ROOT / file.parent.relative_to(ROOT / "tests")
        stem = file.stem.removeprefix("test_")
        found = [*package.glob("*.py"), *package.glob("*/")]
        modules = [module.stem.replace(".", "_") for module in found]  # gunicorn.conf.py
        if not any(stem == name or stem.startswith(f"{name}_") for name in modules):
            wrong.append(str(file.relative_to(ROOT)))

    assert wrong == []
