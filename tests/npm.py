"""Packages of npm: for tests that run where `CLEANUPLINT_NETWORK` is set and npm answers."""

import os
import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest

asks_npm = pytest.mark.skipif(not os.environ.get("CLEANUPLINT_NETWORK"), reason="asks npm")


def unpacked(package: str, config: pytest.Config) -> Path:
    """The folder of a package, fetched once and kept in the cache of pytest."""
    cache = Path(config.cache.mkdir("npm-packages"))
    place = cache / package.replace("/", "+") / "package"
    if not place.is_dir():
        fetched = _fetched(package, cache)
        with tarfile.open(fetched) as archive:
            archive.extractall(place.parent, filter="data")
        fetched.unlink()
    return place


def _fetched(package: str, cache: Path) -> Path:
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("there is no npm here")
    command = [npm, "pack", package, "--silent", "--pack-destination", str(cache)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=180, check=False)
    if done.returncode:
        pytest.skip(f"npm does not give {package}")
    return cache / done.stdout.split()[-1]
