"""Stores uploads in S3 or a compatible service, with the optional django-storages (promise 28).

An error of the service is raised as OSError, as for a disk. The callers handle OSError: a download
then uses the ebook that the site built itself.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from storages.backends.s3 import S3Storage

# Timeouts are short, because a page waits meanwhile. Checksums are sent only when they are
# required, because services other than AWS may not know them.
CLIENT = Config(
    connect_timeout=3,
    read_timeout=10,
    retries={"total_max_attempts": 2},
    request_checksum_calculation="when_required",
    response_checksum_validation="when_required",
)


def with_os_errors(method: Callable) -> Callable:
    @wraps(method)
    def wrapped(*arguments: Any, **options: Any) -> Any:
        try:
            return method(*arguments, **options)
        except (BotoCoreError, ClientError) as error:
            raise OSError(f"object storage: {type(error).__name__}") from error

    return wrapped


class ObjectStorage(S3Storage):
    def get_default_settings(self):
        own = {"file_overwrite": False, "client_config": CLIENT}
        return super().get_default_settings() | own

    @with_os_errors
    def _open(self, name, mode="rb"):
        found = super()._open(name, mode)
        found.seek(0)  # fetches the file now, because no error page can follow half a response
        return found

    _save = with_os_errors(S3Storage._save)
    delete = with_os_errors(S3Storage.delete)
    exists = with_os_errors(S3Storage.exists)
    get_modified_time = with_os_errors(S3Storage.get_modified_time)
    size = with_os_errors(S3Storage.size)
