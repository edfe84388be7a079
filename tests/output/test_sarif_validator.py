"""The SARIF of the examples, held against the validator of those who wrote the format.

Downloads some 45 MB, once: only where `CLEANUPLINT_NETWORK` is set and npm answers.
"""

import os
import platform
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from cleanuplint.cli import FOUND
from cleanuplint.cli.commands import group
from tests.npm import asks_npm, unpacked

EXAMPLES = Path(__file__).parents[2] / "examples"
VALIDATOR = "@microsoft/sarif-multitool-linux@5.7.0"
UNTRUE = "SARIF2005"  # there is no page of the tool yet that `informationUri` could name
LINUX = platform.system() == "Linux" and platform.machine() == "x86_64"

pytestmark = [
    asks_npm,
    pytest.mark.xdist_group("npm"),
    pytest.mark.skipif(not LINUX, reason="the validator is a program for Linux"),
]


def test_a_code_scanning_service_takes_it(
    tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(EXAMPLES)
    done = CliRunner().invoke(group, ["check", "swarm", "swarm_py", "--output-format", "sarif"])
    assert done.exit_code == FOUND
    log = tmp_path / "examples.sarif"
    log.write_text(done.stdout, encoding="utf-8")
    said = _validated(log, unpacked(VALIDATOR, request.config))
    assert [line for line in said.splitlines() if _is_complaint(line)] == []
    assert "Analysis completed successfully" in said


def _is_complaint(line: str) -> bool:
    return (": error " in line or ": warning " in line) and UNTRUE not in line


def _validated(log: Path, package: Path) -> str:
    program = package / "Sarif.Multitool"
    program.chmod(0o755)
    done = subprocess.run(
        [str(program), "validate", str(log), "--rule-kind", "Sarif;Ghas"],
        env={**os.environ, "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT": "1"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return done.stdout + done.stderr
