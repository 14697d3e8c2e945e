"""The Nu HTML checker finds no error on any page, including error pages and refused forms."""

import json
import os
import shutil
import subprocess

import pytest

from tests.browser.test_pages import PAGES
from tests.running_site import ROOT

JAR = ROOT / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"

pytestmark = pytest.mark.skipif(
    not os.environ.get("CI") and not (JAR.exists() and shutil.which("java")),
    reason="the Nu HTML checker is missing: npm ci, and a Java runtime",
)


def test_every_page_is_valid_html(site, own_pages, tmp_path):
    bodies = {path: site.get(own_pages.get(path, path))[2] for path in PAGES}
    bodies["sign-up with errors"] = site.post("/ebooks/", {})[2]
    bodies["request with errors"] = site.post("/consultation/", {"phone": "12"})[2]
    bodies["refused"] = site.post("/consultation/", {}, Origin="https://evil.example")[2]
    names = {}
    for number, (name, body) in enumerate(bodies.items()):
        (tmp_path / f"{number}.html").write_bytes(body)
        names[f"{number}.html"] = name

    command = ["java", "-jar", str(JAR), "--format", "json", "--stdout", "--exit-zero-always"]
    done = subprocess.run([*command, str(tmp_path)], capture_output=True, text=True, check=True)
    messages = json.loads(done.stdout)["messages"]

    assert [
        (names[m["url"].rpartition("/")[2]], m["message"], m.get("extract"))
        for m in messages
        if m["type"] == "error"
    ] == []
