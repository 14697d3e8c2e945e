"""Settings of gunicorn; docs/decisions/0006-gunicorn.md has the measurements.

Start the site with: gunicorn --config clinic_site/gunicorn.conf.py
"""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic_site.settings")

wsgi_app = "clinic_site.wsgi:application"
bind = f"{os.environ.get('HOST') or '127.0.0.1'}:{os.environ.get('PORT') or '8000'}"
worker_class = "clinic_site.web.gunicorn_worker.Worker"  # gthread, with the site's own error pages
workers = 2
threads = 32
# Each thread also opens the database's files. With this number a worker stays under 1,024 open
# files, the usual limit, at which it would drop all its visitors. More visitors wait their turn.
worker_connections = 800
timeout = 30
graceful_timeout = 30
keepalive = 15
max_requests = 50_000
max_requests_jitter = 5_000
limit_request_line = 4094
limit_request_fields = 60
forwarder_headers = ""  # no header of a request sets SCRIPT_NAME or PATH_INFO
# Headers with an underscore are dropped, because X_Forwarded_For would look like X-Forwarded-For.
# They are not refused, because some visitors' own proxies add such headers to every request.
header_map = "drop"
forwarded_allow_ips = ""  # Django reads X-Forwarded-*, and only from TRUSTED_PROXIES
logger_class = "clinic_site.web.logs.GunicornLogger"
accesslog = "-"
# gunicorn would create its control socket in the home folder, where another site's gunicorn may
# use the same one. Signals are enough to control it.
control_socket_disable = True
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: S108, PTH112 a RAM disk


def on_starting(server):
    """Stops gunicorn if, with these settings, a lead could be lost or a page be hidden.

    The check runs in a separate process, because this one must not import the site: HUP starts new
    workers after an update, and they would inherit old models from here.
    """
    import subprocess
    import sys
    from pathlib import Path

    manage = str(Path(__file__).resolve().parent.parent / "manage.py")
    what = ["--database", "default", "--tag", "database", "--tag", "urls"]
    check = [sys.executable, manage, "check", *what]
    done = subprocess.run(check, stdout=subprocess.DEVNULL, check=False)  # noqa: S603 fixed words
    if done.returncode:
        sys.exit(done.returncode)


def post_worker_init(worker):
    """Reads the practice once. Error pages then know its phone if the database fails later."""
    from django.db import DatabaseError, connections

    from clinic_site.models import Practice

    try:
        Practice.load()
    except DatabaseError:
        worker.log.warning("the database cannot be reached")
    finally:
        connections.close_all()
