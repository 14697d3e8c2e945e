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
    """As the public one, but allows the editor's import map, its one style, and data: images."""
    return (
        f"default-src 'none'; script-src 'self' {import_map_hash()}; "
        f"style-src 'self' {style_hash()}; img-src 'self' data: blob:; font-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )


def public_headers() -> dict[str, str]:
    """The headers of every answer, also of requests that gunicorn refuses by itself."""
    headers = {
        "Content-Security-Policy": PUBLIC_POLICY,
        "X-Content-Type-Options": "nosniff",
        # With no-referrer, a browser would send "Origin: null" with our own forms.
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
