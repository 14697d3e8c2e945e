"""Uploads in object storage. The tests run an S3 server on loopback, which can also fail."""

import threading
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages

from articles.models import Ebook
from clinic_site.backup import archive
from clinic_site.configuration.object_storage import ObjectStorage
from leads import links
from tests.factories import make_ebook, make_practice, make_signup, set_upload

PDF = b"%PDF-1.7 our own book"


class Bucket(BaseHTTPRequestHandler):
    """Answers the four S3 requests that the site sends."""

    kept: dict[str, bytes] = {}
    is_down = False

    def do_PUT(self):
        self.kept[self.path] = self.rfile.read(int(self.headers["Content-Length"]))
        self.answer(200)

    def do_DELETE(self):
        self.kept.pop(self.path, None)
        self.answer(204)

    def do_GET(self):
        found = self.kept.get(self.path)
        self.answer(404 if found is None else 200, found or b"")

    def do_HEAD(self):
        self.do_GET()

    def answer(self, status, body=b""):
        self.send_response(503 if self.is_down else status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Last-Modified", formatdate(1_700_000_000, usegmt=True))
        self.send_header("ETag", '"etag"')
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    def log_message(self, *arguments):
        """Keeps each request off standard error, where http.server would log it."""


@pytest.fixture
def bucket(settings):
    Bucket.kept, Bucket.is_down = {}, False
    server = ThreadingHTTPServer(("127.0.0.1", 0), Bucket)
    threading.Thread(target=server.serve_forever).start()
    options = {
        "access_key": "key",
        "secret_key": "secret",
        "bucket_name": "clinic",
        "region_name": "us-east-2",
        "endpoint_url": f"http://127.0.0.1:{server.server_port}",
    }
    ours = {"BACKEND": "clinic_site.configuration.object_storage.ObjectStorage", "OPTIONS": options}
    settings.STORAGES = settings.STORAGES | {"default": ours}
    yield Bucket
    server.shutdown()
    server.server_close()


def test_upload_goes_to_the_bucket_and_comes_back(bucket):
    storage = storages["default"]

    name = storage.save("ebooks/own.pdf", ContentFile(PDF))

    assert bucket.kept == {"/clinic/ebooks/own.pdf": PDF}
    with storage.open(name) as found:
        assert found.read() == PDF
    assert (storage.size(name), storage.exists(name)) == (len(PDF), True)
    storage.delete(name)
    assert (storage.exists(name), bucket.kept) == (False, {})


def test_upload_with_a_used_name_replaces_no_other(bucket):
    names = {storages["default"].save("own.pdf", ContentFile(PDF)) for _ in range(2)}

    assert len(names) == len(bucket.kept) == 2


def test_error_while_reading_the_bucket_is_an_os_error(bucket):
    name = storages["default"].save("own.pdf", ContentFile(PDF))
    bucket.is_down = True

    with pytest.raises(OSError, match="object storage: ClientError"):
        storages["default"].open(name)


def test_error_while_writing_to_the_bucket_is_an_os_error(bucket, monkeypatch):
    monkeypatch.setattr(ObjectStorage, "exists", lambda storage, name: False)  # it fails first
    bucket.is_down = True

    with pytest.raises(OSError, match="object storage: ClientError"):
        storages["default"].save("own.pdf", ContentFile(PDF))


def test_client_of_the_bucket_waits_only_a_few_seconds(bucket):
    config = storages["default"].connection.meta.client.meta.config

    assert (config.connect_timeout, config.read_timeout) == (3, 10)


@pytest.fixture
def own_book(db, bucket):
    make_practice()
    book = make_ebook()
    set_upload(book, "pdf", PDF)
    return links.library_path(make_signup()) + "first-days.pdf"


def test_download_comes_from_the_bucket(client, own_book):
    response = client.get(own_book)

    assert (response.status_code, b"".join(response)) == (200, PDF)
    part = client.get(own_book, headers={"range": "bytes=1-3"})
    assert (part.status_code, b"".join(part)) == (206, b"PDF")


def test_download_works_while_the_bucket_is_down(client, own_book, bucket):
    bucket.is_down = True

    response = client.get(own_book)

    assert response.status_code == 200
    assert b"".join(response).startswith(b"%PDF-")
    assert client.get("/ebooks/").status_code == 200
    assert "pdf" in [file.name.rpartition(".")[2] for file in Ebook.objects.get().files]


def test_backup_says_that_it_contains_no_uploads_of_the_bucket(bucket):
    summary = archive.Summary(made_at="now", engine="sqlite", database_sha256="")

    assert "0 uploads (none of those in the bucket)" in str(summary)
