from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from clinic_site import health, views

urlpatterns = [
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("favicon.svg", views.favicon),
    path("favicon.ico", views.favicon_ico),
    path(".well-known/security.txt", views.security_txt),
    path(settings.ADMIN_PATH, admin.site.urls),
    path("", include("articles.urls")),
    path("", include("leads.urls")),
]

handler400 = "clinic_site.errors.bad_request"
handler403 = "clinic_site.errors.forbidden"
handler404 = "clinic_site.errors.not_found"
handler500 = "clinic_site.errors.server_error"
