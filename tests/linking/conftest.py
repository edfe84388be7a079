"""Projects of several files, checked as one."""

from collections.abc import Callable
from pathlib import Path

import pytest

from cleanuplint.config import Configuration
from cleanuplint.files.targets import Target
from cleanuplint.run import run

Found = set[tuple[str, int, str]]
Check = Callable[..., Found]


@pytest.fixture
def check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Check:
    """Writes files and gives the findings in them: (file, line, rule)."""

    monkeypatch.chdir(tmp_path)

    def checked(files: dict[str, str], *names: str) -> Found:
        (tmp_path / "cleanuplint.toml").write_text("")
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        wanted = names or [n for n in files if n.endswith(("js", "ts", "tsx")) and "d.ts" not in n]
        targets = [Target(tmp_path / name, named=True) for name in sorted(wanted)]
        report = run(targets, [], Configuration())
        assert not report.errors and not [r.error for r in report.results if r.error]
        return {
            (item.path, item.start.line, item.rule)
            for result in report.results
            for item in result.findings
        }

    return checked
