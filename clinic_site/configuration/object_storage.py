"""Uploads in S3, or what speaks like it, by the optional django-storages (promise 28).

Its troubles are OSErrors here, as a disk's are: pages then go on with the editions built here.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from storages.backends.s3 import S3Storage

# A page waits for it, so not for long; and no checksum that only AWS's own S3 understands.
CLIENT = Config(
    connect_timeout=3,
    read_timeout=10,
    retries={"total_max_attempts": 2},
    request_checksum_calculation="when_required",
    response_checksum_validation="when_required",
)


def as_disk(method: Callable) -> Callable:
    @wraps(method)
    def asked(*arguments: Any, **options: Any) -> Any:
        try:
            return method(*arguments, **options)
        except (BotoCoreError, ClientError) as error:
            raise OSError(f"object storage: {type(error).__name__}") from error

    return asked


class ObjectStorage(S3Storage):
    def get_default_settings(self):
        own = {"file_overwrite": False, "client_config": CLIENT}
        return super().get_default_settings() | own

    @as_disk
    def _open(self, name, mode="rb"):
        found = super()._open(name, mode)
        found.seek(0)  # fetches it now: a fault in the middle of an answer could not be told
        return found

    _save = as_disk(S3Storage._save)
    delete = as_disk(S3Storage.delete)
    exists = as_disk(S3Storage.exists)
    get_modified_time = as_disk(S3Storage.get_modified_time)
    size = as_disk(S3Storage.size)
