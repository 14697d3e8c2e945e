"""Security headers on every answer, static files and errors included (promise 11)."""

from functools import cache

from django.conf import settings

from clinic_site.editor_hashes import import_map_hash, style_hash

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


class SecurityHeadersMiddleware:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        is_admin = request.path_info.startswith(f"/{settings.ADMIN_PATH}")
        headers = response.headers
        headers.setdefault("Content-Security-Policy", admin_policy() if is_admin else PUBLIC_POLICY)
        headers.setdefault("X-Content-Type-Options", "nosniff")
        # Not no-referrer by default: it would turn a form's Origin into "null".
        headers.setdefault("Referrer-Policy", "same-origin")
        headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
        headers.setdefault("X-Frame-Options", "DENY")
        if settings.IS_HTTPS:
            headers.setdefault(
                "Strict-Transport-Security", f"max-age={settings.SECURE_HSTS_SECONDS}"
            )
        if is_admin:
            headers["X-Robots-Tag"] = "noindex"
            headers["Cache-Control"] = "no-store"
        return response
