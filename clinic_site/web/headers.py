"""Security headers on every answer, static files and errors included (promise 11)."""

from functools import cache

from django.conf import settings

from clinic_site.web.admin_sessions import is_admin_address
from clinic_site.web.editor_hashes import import_map_hash, style_hash

PUBLIC_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'none'; "
    "connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)


@cache
def admin_policy() -> str:
    """The admin's policy: the public one, plus the editor's import map and its one style."""
    return (
        f"default-src 'none'; script-src 'self' {import_map_hash()}; "
        f"style-src 'self' {style_hash()}; img-src 'self' data: blob:; font-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )


def public_headers() -> dict[str, str]:
    """What every answer outside the admin carries, gunicorn's own refusals included."""
    headers = {
        "Content-Security-Policy": PUBLIC_POLICY,
        "X-Content-Type-Options": "nosniff",
        # Not no-referrer by default: it would turn a form's Origin into "null".
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
        "X-Frame-Options": "DENY",
    }
    if settings.IS_HTTPS:
        headers["Strict-Transport-Security"] = f"max-age={settings.SECURE_HSTS_SECONDS}"
    return headers


class SecurityHeadersMiddleware:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        is_for_staff = is_admin_address(request)
        headers = response.headers
        if is_for_staff:
            headers.setdefault("Content-Security-Policy", admin_policy())
        for name, value in public_headers().items():
            headers.setdefault(name, value)
        if is_for_staff:
            headers["X-Robots-Tag"] = "noindex"
            headers["Cache-Control"] = "no-store"
        return response
