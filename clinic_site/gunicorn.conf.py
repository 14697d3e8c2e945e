"""gunicorn --config clinic_site/gunicorn.conf.py (docs/decisions/0006 has the measurements)."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic_site.settings")

wsgi_app = "clinic_site.wsgi:application"
bind = f"{os.environ.get('HOST') or '127.0.0.1'}:{os.environ.get('PORT') or '8000'}"
worker_class = (
    "clinic_site.web.gunicorn_worker.Worker"  # gthread, with our own pages for what it refuses
)
workers = 2
threads = 32
# With the database's files in each thread, a worker stays under 1,024 open files, the usual limit,
# at which it would drop all its visitors. More visitors wait until it accepts them.
worker_connections = 800
timeout = 30
graceful_timeout = 30
keepalive = 15
max_requests = 50_000
max_requests_jitter = 5_000
limit_request_line = 4094
limit_request_fields = 60
forwarder_headers = ""  # nobody outside sets SCRIPT_NAME or PATH_INFO
# A header with an underscore is left out: X_Forwarded_For would arrive as X-Forwarded-For. Refusing
# it would take every page from visitors whose proxy adds one of its own.
header_map = "drop"
forwarded_allow_ips = ""  # X-Forwarded-* is read by Django, and only from TRUSTED_PROXIES
logger_class = "clinic_site.web.logs.GunicornLogger"
accesslog = "-"
control_socket_disable = True  # commands come by signals; its socket in the home folder is shared
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: S108, PTH112 a RAM disk


def on_starting(server):
    """Refuses to serve with settings under which a lead could be lost.

    Asked in a process of its own: what the master imports, the workers that HUP starts after an
    update would inherit, and run old models under new views.
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
    """Reads the practice once, so that error pages know its phone whatever happens later."""
    from django.db import DatabaseError, connections

    from clinic_site.models import Practice

    try:
        Practice.load()
    except DatabaseError:
        worker.log.warning("the database is out of reach")
    finally:
        connections.close_all()
