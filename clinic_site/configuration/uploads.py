"""Where uploads are stored, from UPLOADS_URL: in DATA_DIR, or in a bucket for several machines."""

from importlib.util import find_spec
from typing import Any
from urllib.parse import parse_qsl, unquote

from clinic_site.configuration.environment import env, refuse, split

OPTIONS = {"endpoint_url", "region_name", "location"}
EXAMPLE = "s3://key:secret@bucket?region_name=us-east-2"


def settings() -> dict[str, Any]:
    """Django's STORAGES["default"]."""
    url = env.str("UPLOADS_URL", "")
    if not url:
        return {"BACKEND": "django.core.files.storage.FileSystemStorage"}
    if find_spec("storages") is None:
        why = "needs django-storages: pip install --require-hashes -r requirements-extras.txt."
        refuse("UPLOADS_URL", why, EXAMPLE)
    parts = split(url)
    key, secret, bucket = parts.username, parts.password, parts.hostname
    options = dict(parse_qsl(parts.query))
    is_plain = parts.scheme == "s3" and not parts.path.strip("/")
    if not (is_plain and key and secret and bucket and OPTIONS.issuperset(options)):
        why = f"must be s3://key:secret@bucket, with {', '.join(sorted(OPTIONS))} as options."
        refuse("UPLOADS_URL", why, EXAMPLE)
    known = {"access_key": unquote(key), "secret_key": unquote(secret), "bucket_name": bucket}
    return {
        "BACKEND": "clinic_site.configuration.object_storage.ObjectStorage",
        "OPTIONS": known | options,
    }
