"""Precision and recall of `cleanuplint check` on sites of public code that were judged by hand.

    python bench/accuracy/evaluate.py MIRRORS WORK [--language javascript] [--list]

MIRRORS holds bare clones, `<owner>+<name>/repo`; the labelled files are laid out below WORK. A
finding hits the nearest site that it starts within a line of, or says so of where the resource was
acquired (its first step), if its rule is one of the site's kind. A bad site that is hit is found; a
good one that is hit is a false alarm. Findings that hit no site are counted apart: nobody judged
them, but many of them mean a noisy tool. With --whole-repo the whole tree is laid out and checked,
so that linking across files has something to read.

Exits with 1 if a repository could not be checked, if the tool is noisy, or if an aim is missed in a
language that has ten bad sites or more.
"""

import argparse
import json
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

LABELS = Path(__file__).with_name("labels.jsonl")
OWNERSHIP = frozenset(
    {
        "missing-release", "release-not-on-every-path", "discarded-resource", "use-after-release",
        "overwritten-resource", "collection-drops-resource", "missing-teardown-release",
        "double-release",
    }
)  # fmt: skip
GUARDS = frozenset(
    {
        "unguarded-call", "clear-not-in-finally", "wrong-receiver-cleared", "cleanup-masks-error",
        "swallowed-wasm-error",
    }
)  # fmt: skip
DROPS = frozenset({"missing-drop", "drop-does-not-release"})
ERROR_PATHS = frozenset({"error-path-keeps-buffer"})
RULES = {
    "missing-release": OWNERSHIP,
    "release-not-on-error-path": OWNERSHIP,
    "unguarded-call": GUARDS,
    "rust-missing-drop": DROPS,
    "rust-error-path": ERROR_PATHS,
    "ok": OWNERSHIP | GUARDS | DROPS | ERROR_PATHS,
}
NOISY = 3
"""Findings that hit no site, by labelled file, from which on a tool is noisy."""
MEASURED = 10
"""Bad sites of a language that are enough to hold it to the aims."""
ABOUT_THE_RUN = frozenset({"syntax-error", "unused-suppression"})

Site = Mapping[str, Any]
Finding = Mapping[str, Any]


@dataclass
class Result:
    """What came of all sites."""

    counts: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    wrong: list[str] = field(default_factory=list)
    unlabelled: list[str] = field(default_factory=list)
    crashed: list[str] = field(default_factory=list)
    files: int = 0
    absent: int = 0


def sites(arguments: argparse.Namespace) -> Iterator[Site]:
    for line in LABELS.read_text(encoding="utf-8").splitlines():
        site = json.loads(line)
        if (
            (arguments.contested or not site["contested"])
            and (arguments.tests or not site["test_code"])
            and (not arguments.language or site["language"] in arguments.language)
        ):
            yield site


def lay_out(root: Path, clone: Path, site: Site) -> bool:
    """Write the file of a site below `root`; False if the clone does not have it."""
    target = root / site["path"]
    if not target.exists():
        show = ["git", "-C", str(clone), "show", f"{site['commit']}:{site['path']}"]
        shown = subprocess.run(show, capture_output=True, check=False)
        if shown.returncode != 0 or not shown.stdout:
            return False
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(shown.stdout)
    return True


def lay_out_tree(root: Path, clone: Path, commit: str) -> None:
    """Write all files of a commit below `root`, once."""
    if clone.is_dir() and not root.is_dir():
        root.mkdir(parents=True)
        archive = subprocess.Popen(
            ["git", "-C", str(clone), "archive", commit], stdout=subprocess.PIPE
        )
        subprocess.run(["tar", "-x", "-C", str(root)], stdin=archive.stdout, check=False)
        archive.wait()


def check(command: str, root: Path, paths: Iterable[str]) -> list[Finding]:
    """The findings in some files. Raises ValueError where there is no report."""
    run = subprocess.run(
        [command, "check", "--isolated", "--output-format", "json", *sorted(set(paths))],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    if run.returncode not in (0, 1):
        raise ValueError(run.stderr.strip()[-300:])
    return list(json.loads(run.stdout)["findings"])


def distance(finding: Finding, site: Site) -> int:
    """Lines between a finding, or where it begins, and a site."""
    first = [step for step in finding["steps"][:1] if step["path"] == finding["path"]]
    lines = [place["start"]["line"] for place in (finding, *first)]
    return min(abs(int(line) - int(site["line"])) for line in lines)


def match(findings: Iterable[Finding], present: Sequence[Site]) -> dict[str | None, list[Finding]]:
    """Findings by the site they hit: the nearest, a bad one before a good one; None for no site."""
    hits: dict[str | None, list[Finding]] = defaultdict(list)
    for finding in findings:
        near = [
            (distance(finding, site), site["label"] == "good", site["id"])
            for site in present
            if site["path"] == finding["path"] and finding["rule"] in RULES[site["kind"]]
        ]
        close = [candidate for candidate in near if candidate[0] <= 1]
        hits[min(close)[2] if close else None].append(finding)
    return hits


def judge(result: Result, present: Sequence[Site], findings: list[Finding]) -> None:
    labelled = {site["path"] for site in present}
    result.files += len(labelled)
    told = [f for f in findings if f["path"] in labelled and f["rule"] not in ABOUT_THE_RUN]
    hits = match(told, present)
    result.unlabelled += [
        f"{f['path']}:{f['start']['line']}: {f['rule']}: {f['message']}" for f in hits[None]
    ]
    for site in present:
        hit = hits.get(site["id"], [])
        verdict = {
            ("bad", True): "TP", ("bad", False): "FN", ("good", True): "FP", ("good", False): "TN"
        }[site["label"], bool(hit)]  # fmt: skip
        for group in (
            "all",
            f"language {site['language']}",
            f"kind {site['kind']}",
            f"family {site['family']}",
            f"file {site['repo']}/{site['path']}",
        ):
            result.counts[group][verdict] += 1
        if verdict in ("FN", "FP"):
            said = f" <- {hit[0]['rule']}: {hit[0]['message']}" if hit else ""
            place = f"{site['repo']}/{site['path']}:{site['line']}"
            result.wrong.append(f"{verdict} {place} [{site['kind']}] {site['reason']}{said}")


def evaluate(arguments: argparse.Namespace) -> Result:
    result = Result()
    by_commit: dict[tuple[str, str], list[Site]] = defaultdict(list)
    for site in sites(arguments):
        by_commit[site["repo"], site["commit"]].append(site)
    for (repo, commit), group in sorted(by_commit.items()):
        name = repo.replace("/", "+")
        clone = arguments.mirrors / name / "repo"
        root = arguments.work / f"{name}@{commit[:10]}{'-whole' if arguments.whole_repo else ''}"
        if arguments.whole_repo:
            lay_out_tree(root, clone, commit)
        present = [site for site in group if lay_out(root, clone, site)]
        result.absent += len(group) - len(present)
        if present:
            try:
                paths = ["."] if arguments.whole_repo else [site["path"] for site in present]
                found = check(arguments.cleanuplint, root, paths)
            except ValueError as error:
                result.crashed.append(f"{repo}: {error}")
            else:
                judge(result, present, found)
    return result


def scores(counts: Counter[str]) -> tuple[float, float]:
    """Precision and recall; 1 where there is nothing to be wrong about."""
    said, bad = counts["TP"] + counts["FP"], counts["TP"] + counts["FN"]
    return (counts["TP"] / said if said else 1.0), (counts["TP"] / bad if bad else 1.0)


def report(result: Result, listing: bool) -> None:
    if listing:
        print("\n".join(result.wrong))
    print("| | precision | recall | found | missed | false alarms | rightly silent |")
    print("|---|---|---|---|---|---|---|")
    for group in sorted(name for name in result.counts if not name.startswith("file ")):
        counts = result.counts[group]
        precision, recall = scores(counts)
        cells = " | ".join(str(counts[verdict]) for verdict in ("TP", "FN", "FP", "TN"))
        print(f"| {group} | {precision:.2f} | {recall:.2f} | {cells} |")
    files = [counts for name, counts in result.counts.items() if name.startswith("file ")]
    right = sum(not counts["FN"] and not counts["FP"] for counts in files)
    print(f"\nFiles wholly right: {right} of {len(files)}. Sites without a file: {result.absent}.")
    print(f"Findings that nobody judged: {len(result.unlabelled)} in {result.files} files.")
    for crash in result.crashed:
        print(f"could not be checked: {crash}")


def is_noisy(result: Result) -> bool:
    return len(result.unlabelled) > NOISY * max(1, result.files)


def short(result: Result, precision: float, recall: float) -> list[str]:
    """The languages that miss an aim."""
    return [
        name
        for name, counts in sorted(result.counts.items())
        if name.startswith("language ") and counts["TP"] + counts["FN"] >= MEASURED
        if scores(counts)[0] < precision or scores(counts)[1] < recall
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("mirrors", type=Path)
    parser.add_argument("work", type=Path)
    parser.add_argument("--cleanuplint", default="cleanuplint", help="the command to judge")
    parser.add_argument("--language", action="append", help="only this one (repeatable)")
    parser.add_argument("--contested", action="store_true", help="contested sites, too")
    parser.add_argument("--tests", action="store_true", help="sites in test code, too")
    parser.add_argument("--whole-repo", action="store_true", help="check the whole tree")
    parser.add_argument("--min-precision", type=float, default=0.0, metavar="AIM")
    parser.add_argument("--min-recall", type=float, default=0.0, metavar="AIM")
    parser.add_argument("--list", action="store_true", help="each miss and false alarm")
    parser.add_argument("--list-unlabelled", action="store_true", help="each finding at no site")
    arguments = parser.parse_args()
    result = evaluate(arguments)
    report(result, arguments.list)
    if arguments.list_unlabelled:
        print("\n".join(result.unlabelled))
    missed = short(result, arguments.min_precision, arguments.min_recall)
    if missed:
        print(f"short of the aims: {', '.join(missed)}")
    return 1 if result.crashed or is_noisy(result) or missed else 0


if __name__ == "__main__":
    sys.exit(main())
