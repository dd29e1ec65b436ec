"""Fuzzes the readers of `targets.py` with atheris, one after the other: `make fuzz MINUTES=60`.

Each target runs in a process of its own, from the seeds beside this file and what earlier runs found worth keeping.
What breaks one is kept under `.fuzz/findings`; once it is mended it belongs among the seeds, which the tests read.
"""

import argparse
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
WORK = Path(".fuzz").resolve()
NAMES = ("xml", "odata", "batch", "json", "service")
INSTRUMENTED = (
    "formcase.submission",
    "formcase.casesystem",
    "formcase.sources.interact",
    "formcase.targets.workzone",
    "odata_query",
    "sly",
)
_DONE = re.compile(r"^Done (\d+) ", re.MULTILINE)
_PROGRESS = re.compile(r"^#(\d+)\s", re.MULTILINE)


@dataclass(frozen=True)
class Report:
    """How one target fared. executions: how often it was called."""

    name: str
    executions: int
    findings: tuple[Path, ...]
    ended_well: bool


def main() -> int:
    """Fuzz the targets that are asked for; 1 where something was found."""
    given = _arguments()
    if given.one:
        _fuzz(given.one, given.seconds)
        return 0
    names = given.targets or NAMES
    reports = [_in_own_process(name, int(given.minutes * 60 / len(names))) for name in names]
    for report in reports:
        print(f"{report.name:<8} {report.executions:>10} executions, {len(report.findings)} findings")
        for finding in report.findings:
            print(f"         {finding}")
    return 0 if all(report.ended_well and not report.findings for report in reports) else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("targets", nargs="*", choices=[*NAMES, []], help="which; all where none is named")
    parser.add_argument("--minutes", type=float, default=60, help="for all of them together")
    parser.add_argument("--one", choices=NAMES, help=argparse.SUPPRESS)
    parser.add_argument("--seconds", type=int, default=60, help=argparse.SUPPRESS)
    return parser.parse_args()


def _in_own_process(name: str, seconds: int) -> Report:
    findings = WORK / "findings" / name
    findings.mkdir(parents=True, exist_ok=True)
    before = set(findings.iterdir())
    log = WORK / f"{name}.log"
    print(f"{name}: {seconds} seconds; what is going on stands in {log}", flush=True)
    command = [sys.executable, str(Path(__file__).resolve()), "--one", name, "--seconds", str(seconds)]
    with log.open("wb") as output:
        ended = subprocess.run(command, stdout=output, stderr=subprocess.STDOUT, check=False).returncode
    told = log.read_text("utf-8", "replace")
    counts = [int(count) for pattern in (_PROGRESS, _DONE) for count in pattern.findall(told)[-1:]]
    return Report(name, max(counts, default=0), tuple(sorted(set(findings.iterdir()) - before)), ended == 0)


def _fuzz(name: str, seconds: int) -> None:
    """Run one target in this process, until the time is over or something is found."""
    import atheris

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "formcase.site.settings")
    sys.path.insert(0, str(HERE.parent))
    corpus = WORK / "corpus" / name
    corpus.mkdir(parents=True, exist_ok=True)
    options = [
        f"-max_total_time={seconds}",
        "-timeout=20",  # of one execution
        "-rss_limit_mb=2048",
        "-max_len=20000",
        f"-artifact_prefix={WORK / 'findings' / name}/",
        f"-dict={HERE / 'words.dict'}",
        "-print_final_stats=1",
    ]
    with atheris.instrument_imports(include=list(INSTRUMENTED)), _target(name) as target:
        atheris.Setup([sys.argv[0], *options, str(corpus), str(HERE / "seeds" / name)], target)
        atheris.Fuzz()


@contextmanager
def _target(name: str) -> Iterator[Callable[[bytes], None]]:
    import django

    if name == "service":
        from fuzzing.service import case_system

        surroundings = case_system()
    else:
        django.setup()
        from fuzzing.targets import TARGETS

        surroundings = nullcontext(TARGETS[name])
    with surroundings as target:
        yield target


if __name__ == "__main__":
    sys.exit(main())
