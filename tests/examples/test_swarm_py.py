"""The Python worker of the swarm runs, and its findings are what its README says."""

import json
import subprocess
import sys
from typing import Any

import pytest

from tests.examples.test_examples import EXAMPLES, found

SITES = [
    ("worker.py", 21, "unguarded-call"),
    ("worker.py", 31, "clear-not-in-finally"),
    ("worker.py", 48, "missing-teardown-release"),
]

SCENE = """
import json
from collections import deque
from worker import Worker

def refuse(event):
    raise ValueError(event["type"])

worker = Worker({r"^task\\.[a-z]+$": lambda event: None, r"^agent\\.failed$": refuse})
pending = {}
worker.drain(deque([{"type": "task.done"}, {"type": "nothing"}]))
pending["after events"] = worker.pending()
try:
    worker.dispatch({"type": "agent.failed"})
except ValueError:
    pending["after a handler that raises"] = worker.pending()
worker.accepts({"type": "a\\nb"})
try:
    worker.dispatch({"type": "a\\nb"})
except Exception as error:
    pending["refused"] = str(error)
stats = dict(worker.stats)
worker.close()
print(json.dumps([stats, pending]))
"""


def play(example: str) -> tuple[dict[str, int], dict[str, Any]]:
    ran = subprocess.run(
        [sys.executable, "-c", SCENE],
        cwd=EXAMPLES / example,
        capture_output=True,
        text=True,
        check=True,
    )
    stats, pending = json.loads(ran.stdout)
    return stats, pending


def test_the_sites_before_the_clean_up() -> None:
    assert found("swarm_py") == SITES


def test_nothing_after_the_clean_up() -> None:
    assert found("swarm_py_clean") == []


def test_the_worker_before_the_clean_up_keeps_what_it_read() -> None:
    stats, pending = play("swarm_py")
    assert stats == {"accepted": 1, "rejected": 2, "errors": 0}
    assert pending["after events"] == len("nothing")
    assert pending["after a handler that raises"] == len("agent.failed")


def test_the_worker_after_the_clean_up_keeps_nothing() -> None:
    stats, pending = play("swarm_py_clean")
    assert stats["cleared"] > 0
    assert pending["after events"] == 0
    assert pending["after a handler that raises"] == 0


@pytest.mark.parametrize("example", ["swarm_py", "swarm_py_clean"])
def test_what_the_engine_refuses_reaches_the_caller(example: str) -> None:
    _, pending = play(example)
    assert pending["refused"] == "the text has more than one line"
