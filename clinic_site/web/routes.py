"""What the routes of the site (its URLconf) tell about its addresses, so that no list repeats it.

A route with a parameter named `token` leads to a page for one person. Whoever knows such an
address can act for that person, so logs, the admin and robots.txt ask here which they are.
"""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import accumulate

from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver

TOKEN = "token"  # noqa: S105 the name of a parameter
# As path() writes it, "<str:token>", or as re_path() does, "(?P<token>...)".
TOKEN_PARAMETER = re.compile(rf"(?:\(\?P)?<(?:\w+:)?{TOKEN}>")
PARAMETER = re.compile(r"<[^>]+>")


def routes(entries: Iterable[URLPattern | URLResolver], before: str = "/") -> Iterator[str]:
    """Every whole route in part of a URLconf, as in "/ebooks/library/<str:token>/"."""
    for entry in entries:
        route = before + str(entry.pattern).removeprefix("^")
        if isinstance(entry, URLResolver):
            yield from routes(entry.url_patterns, route)
        else:
            yield route


@cache
def token_folders(resolver: URLResolver) -> frozenset[str]:
    """What comes before each token: "/ebooks/library/", "/news/confirm/"."""
    found = (TOKEN_PARAMETER.split(route) for route in routes(resolver.url_patterns))
    return frozenset(before for before, *rest in found if rest)


@cache
def private_folders(resolver: URLResolver) -> list[str]:
    """The widest folders that hold pages behind tokens and no other: "/ebooks/library/", "/news/".

    A folder that stands right before a token counts in any case.
    """
    behind_tokens = token_folders(resolver)
    others = [route for route in routes(resolver.url_patterns) if not TOKEN_PARAMETER.search(route)]

    def widest(folder: str) -> str:
        parents = list(accumulate(re.findall(r"[^/]*/", folder)))[1:]
        return next(
            (
                parent
                for parent in parents
                if parent in behind_tokens or not any(other.startswith(parent) for other in others)
            ),
            folder,
        )

    return sorted({widest(folder) for folder in behind_tokens})


@cache
def token_pattern(resolver: URLResolver) -> re.Pattern[str]:
    """Finds a private folder and all that follows it. The folder is the first group."""
    folders = {*token_folders(resolver), *private_folders(resolver)}
    # The longest first, so that "/news/confirm/" is found before "/news/".
    patterns = [
        "[^/]+".join(re.escape(part).replace("/", "/+") for part in PARAMETER.split(folder))
        for folder in sorted(folders, key=len, reverse=True)
    ]
    return re.compile(rf"({'|'.join(patterns)})\S+" if patterns else r"(?!)", re.IGNORECASE)


def without_tokens(text: str, mark: str) -> str:
    """The text with `mark` for everything that follows a private folder, as far as a space.

    What does not resolve is hidden too: part of a token, or a token with something behind it.
    """
    return token_pattern(get_resolver()).sub(lambda found: found[1] + mark, text)


def robots_disallow() -> list[str]:
    """The private folders as robots.txt writes them; "*" is any text (RFC 9309, 2.2.3)."""
    return [PARAMETER.sub("*", folder) for folder in private_folders(get_resolver())]


def first_parts_outside_the_admin() -> set[str]:
    """ "guides" of "/guides/<slug:slug>/", and so on. The admin cannot have an address there."""
    entries = [
        entry
        for entry in get_resolver().url_patterns
        if not str(entry.pattern).startswith(settings.ADMIN_PATH)
    ]
    return {route.split("/")[1] for route in routes(entries)}
