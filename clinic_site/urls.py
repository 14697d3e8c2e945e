from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from clinic_site import views
from clinic_site.staff import second_factor

# /healthz and /readyz are answered before these, by clinic_site.health.ProbesMiddleware.
urlpatterns = [
    path(".well-known/security.txt", views.security_txt),
    path(
        f"{settings.ADMIN_PATH}second-factor/",
        admin.site.admin_view(second_factor.second_factor),
        name="second-factor",
    ),
    path(
        f"{settings.ADMIN_PATH}second-factor/check/",
        admin.site.admin_view(second_factor.check),
        name="second-factor-check",
    ),
    path(settings.ADMIN_PATH, admin.site.urls),
    path("", include("articles.urls")),
    path("", include("leads.urls")),
]

handler400 = "clinic_site.web.errors.bad_request"
handler403 = "clinic_site.web.errors.forbidden"
handler404 = "clinic_site.web.errors.not_found"
handler500 = "clinic_site.web.errors.server_error"
