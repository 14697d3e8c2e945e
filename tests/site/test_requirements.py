import re

import pytest

from tests.running_site import ROOT

PINNED = re.compile(r"[\w.,\[\]-]+==\S+( ; .+)? \\\n( +--hash=sha256:[0-9a-f]{64}( \\\n)?)+")


@pytest.mark.parametrize("name", ["", "-extras", "-dev"])
def test_dependencies_are_locked_with_hashes(name):
    lock = (ROOT / f"requirements{name}.txt").read_text().strip()

    packages = re.split(r"\n(?=\S)", lock)

    assert len(packages) > 20
    assert [package for package in packages if not PINNED.fullmatch(package)] == []
