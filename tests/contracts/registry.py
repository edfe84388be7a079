"""The texts of npm packages of pinned versions, downloaded once."""

import re
import shutil
import subprocess
import tarfile
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

DECLARATION = re.compile(r"\.d\.[cm]?ts$|/types/[^/]+\.ts$")
CODE = re.compile(r"\.[cm]?[jt]s$")
LARGEST = 2_000_000
"""Bytes of a text worth keeping; larger ones hold a module as base64."""


class Unreachable(Exception):
    """There is no npm here, or the registry does not answer."""


class Packages:
    """A folder with the texts of each package that was asked for."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def prepare(self, packages: list[str]) -> None:
        absent = [package for package in packages if not self._place(package).is_dir()]
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(self._download, absent))

    def texts(self, package: str) -> list[bytes]:
        return [path.read_bytes() for path in self._files(package)]

    def declares(self, package: str) -> bool:
        return any(DECLARATION.search(path.as_posix()) for path in self._files(package))

    def _files(self, package: str) -> list[Path]:
        return sorted(path for path in self._place(package).rglob("*") if path.is_file())

    def _place(self, package: str) -> Path:
        return self._folder / package.replace("/", "+")

    def _download(self, package: str) -> None:
        with tempfile.TemporaryDirectory(dir=self._folder) as name:
            folder = Path(name)
            archive = _pack(package, folder)
            with tarfile.open(archive) as opened:
                opened.extractall(folder / "texts", members=_worth_keeping(opened), filter="data")
            try:
                (folder / "texts").rename(self._place(package))
            except OSError:  # another run was here first
                if not self._place(package).is_dir():
                    raise


def _pack(package: str, folder: Path) -> Path:
    npm = shutil.which("npm")
    if npm is None:
        raise Unreachable("there is no npm here")
    command = [npm, "pack", package, "--silent", "--pack-destination", str(folder)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    except subprocess.TimeoutExpired as slow:
        raise Unreachable(f"npm does not answer about {package}") from slow
    archives = list(folder.glob("*.tgz"))
    if not archives:
        raise Unreachable(f"npm does not give {package}: {done.stderr[:200]}")
    return archives[0]


def _worth_keeping(opened: tarfile.TarFile) -> list[tarfile.TarInfo]:
    """The declarations, or else the code."""
    texts = [it for it in opened if it.isfile() and it.size <= LARGEST and CODE.search(it.name)]
    return [text for text in texts if DECLARATION.search(text.name)] or texts
