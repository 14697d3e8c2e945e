import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic_site.settings")
django_application = get_wsgi_application()

from clinic_site.page_cache import PageCache  # noqa: E402 needs the apps that were just loaded

application = PageCache(django_application)
