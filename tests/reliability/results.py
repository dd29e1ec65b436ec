"""What came of the tests when they ran last: read from the JUnit files of the runs, kept in `results.json`.

A newer result of a test takes the place of its older one, so that what a run of a part of the tests leaves out stands.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from xml.etree.ElementTree import Element, parse

from reliability.tables import is_part

KEPT = Path(__file__).parent / "results.json"
PASSED, FAILED, SKIPPED = "passed", "failed", "skipped"


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one test. figures: what it noted with the fixture of that name."""

    outcome: str
    seconds: float
    when: str
    commit: str
    figures: Mapping[str, str] = field(default_factory=dict)


Results = Mapping[str, Result]


def read_run(file: Path) -> dict[str, Result]:
    """The results of one run, by the tests' names. The run's name is the commit, as the Makefile sees to."""
    results: dict[str, Result] = {}
    for suite in parse(file).getroot().iter("testsuite"):
        when = datetime.fromisoformat(suite.attrib["timestamp"]).strftime("%Y-%m-%d")
        for case in suite.iter("testcase"):
            figures = {each.attrib["name"]: each.attrib["value"] for each in case.iter("property")}
            seconds = round(float(case.attrib["time"]), 1)
            results[_name(case)] = Result(_outcome(case), seconds, when, suite.attrib["name"], figures)
    return results


def newest(runs: Iterable[Path]) -> dict[str, Result]:
    """The results of several runs; the file that was written last has the last word."""
    found: dict[str, Result] = {}
    for file in sorted(runs, key=lambda each: each.stat().st_mtime):
        found |= read_run(file)
    return found


def kept(file: Path = KEPT) -> dict[str, Result]:
    """What was kept of earlier runs."""
    if not file.exists():
        return {}
    return {name: Result(**told) for name, told in json.loads(file.read_text(encoding="utf-8")).items()}


def keep(results: Results, file: Path = KEPT) -> None:
    """One line for each test, so that two changes meet only where they are about the same one."""
    lines = [f"{json.dumps(name)}: {json.dumps(_told(each))}" for name, each in sorted(results.items())]
    file.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


def of(results: Results, named: str) -> Iterator[tuple[str, Result]]:
    """The results of a test, or of a file of tests."""
    return ((name, result) for name, result in results.items() if is_part(name, named))


def _told(result: Result) -> dict[str, object]:
    return {name: value for name, value in asdict(result).items() if value != {}}


def _name(case: Element) -> str:
    return case.attrib["classname"].replace(".", "/") + ".py::" + case.attrib["name"]


def _outcome(case: Element) -> str:
    if case.find("failure") is not None or case.find("error") is not None:
        return FAILED
    return SKIPPED if case.find("skipped") is not None else PASSED
