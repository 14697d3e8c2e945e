"""Breaks each promise on purpose and checks that the tests notice it: `make plant-faults`, or
`python -m tests.planted_faults 3 17` for the promises 3 and 17.

Each fault of planted_faults.toml is written into a copy of the tracked files. It is found when
tests fail there that pass without it. The tests run on SQLite.
"""

import os
import queue
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import groupby
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
AT_ONCE = 2
LONGEST_SECONDS = 300
PASSED, FAILED = 0, 1  # pytest's exit status; any other means that it could not run the tests
PYTEST = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:randomly", "--no-header"]
# Python recompiles a file by the second of its last change, but a fault may be planted and removed
# within one second; so no compiled files are written.
ENVIRONMENT = os.environ | {"PYTHONDONTWRITEBYTECODE": "1"}
ENVIRONMENT.pop("DATABASE_URL", None)


def faults() -> list[dict]:
    return tomllib.loads((ROOT / "tests" / "planted_faults.toml").read_text())["fault"]


def copy_into(folder: Path) -> Path:
    """Copies the tracked files as they are in the working tree."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
    for name in listed.stdout.decode().split("\0"):
        if name and (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    return folder


def run(tests, folder: Path) -> tuple[int, str]:
    """pytest's exit status and its last lines."""
    how = {"cwd": folder, "env": ENVIRONMENT, "capture_output": True, "text": True}
    try:
        done = subprocess.run([*PYTEST, *tests], timeout=LONGEST_SECONDS, check=False, **how)
    except subprocess.TimeoutExpired:
        return -1, f"not done within {LONGEST_SECONDS} s"
    return done.returncode, "\n".join((done.stdout + done.stderr).splitlines()[-15:])


def plant(fault: dict, folder: Path) -> tuple[str, str]:
    """Runs the fault's tests with the fault in place.

    Returns "found", "survived" or "could not run", and pytest's last lines for the latter.
    """
    file = folder / fault["file"]
    without_fault = file.read_text()
    file.write_text(without_fault.replace(fault["old"], fault["new"], 1))
    try:
        status, said = run(fault["tests"], folder)
    finally:
        file.write_text(without_fault)
    # pytest gives the same exit status when a fixture breaks, so its summary is read too.
    if status == FAILED and " failed" in said.splitlines()[-1]:
        return "found", ""
    return ("survived", "") if status == PASSED else ("could not run", said)


def run_in_a_copy(copies: queue.Queue[Path], function, what):
    folder = copies.get()
    try:
        return function(what, folder)
    finally:
        copies.put(folder)


def main(promises: set[int]) -> int:
    began, found = time.monotonic(), 0
    chosen = [fault for fault in faults() if not promises or fault["promise"] in promises]
    tests = sorted({test for fault in chosen for test in fault["tests"]})
    files = [list(own) for _, own in groupby(tests, lambda test: test.partition("::")[0])]
    with tempfile.TemporaryDirectory() as scratch, ThreadPoolExecutor(AT_ONCE) as pool:
        copies: queue.Queue[Path] = queue.Queue()
        for number in range(AT_ONCE):
            copies.put(copy_into(Path(scratch) / str(number)))
        # First all tests run without a fault, file by file.
        without_fault = pool.map(partial(run_in_a_copy, copies, run), files)
        for number, (status, said) in enumerate(without_fault, 1):
            print(f"without a fault: file {number} of {len(files)}", file=sys.stderr, flush=True)
            if status != PASSED:
                print(f"fails without any fault:\n{said}")
                return 1
        results = pool.map(partial(run_in_a_copy, copies, plant), chosen)
        for number, (fault, (word, said)) in enumerate(zip(chosen, results, strict=True), 1):
            found += word == "found"
            how_far = f"{number:3} of {len(chosen)}"
            line = f"{how_far}  {word:13} {fault['promise']:2}  {fault['what']}"
            print(line, said, sep="\n" if said else "", flush=True)
    print(f"{len(chosen)} planted faults, {found} found ({time.monotonic() - began:.0f} s)")
    return int(found < len(chosen))


if __name__ == "__main__":
    sys.exit(main({int(argument) for argument in sys.argv[1:]}))
