"""Reads clinic_site/settings.py as a start with given environment variables would."""

import os
import runpy
import subprocess
import sys
from unittest import mock

import pytest

from tests.running_site import ROOT

KEY = "k" * 50


def run(tmp_path, *arguments, **values):
    """Runs Python in a new process that has only these settings."""
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "DATA_DIR": str(tmp_path)} | values,
        capture_output=True,
        text=True,
        check=False,
    )


def start(tmp_path, **values):
    """Starts `manage.py check`; returns its exit status and its standard error."""
    done = run(tmp_path, "manage.py", "check", **values)
    return done.returncode, done.stderr


def settings_with(tmp_path, **values):
    """Returns every name of settings.py with its value."""
    values = {"SECRET_KEY": KEY, "DATA_DIR": str(tmp_path)} | values
    with mock.patch.dict(os.environ, values, clear=True):
        return runpy.run_path(str(ROOT / "clinic_site" / "settings.py"))


def refusal(tmp_path, **values):
    """The sentence with which settings.py refuses to start."""
    with pytest.raises(SystemExit) as caught:
        settings_with(tmp_path, **values)
    return str(caught.value)
