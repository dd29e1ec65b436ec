"""`docs/reliability.md`, made of the tables, of what came of the tests, and of the text around them in `page.md`."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from reliability.results import FAILED, PASSED, Result, Results, of
from reliability.tables import PROJECT, Figures, Row, Section

PAGE = PROJECT / "docs" / "reliability.md"
AROUND = Path(__file__).with_name("page.md")
_PLACE = "<!-- the tables -->\n"


def page(sections: Sequence[Section], results: Results) -> str:
    """The whole page."""
    before, after = AROUND.read_text(encoding="utf-8").split(_PLACE)
    told = [_runs(results), *(_section(section, results) for section in sections)]
    return before + "\n".join(told) + after


def _runs(results: Results) -> str:
    """Which tests are told of here, by the day and the commit on which they ran."""
    by_run = Counter((result.when, result.commit) for result in results.values())
    failed = Counter((result.when, result.commit) for result in results.values() if result.outcome == FAILED)
    lines = [
        f"| {when} | `{commit}` | {count} | {failed[when, commit] or 'none'} |"
        for (when, commit), count in sorted(by_run.items(), reverse=True)
    ]
    return _table(("day", "commit", "tests told of here", "failed"), lines)


def _section(section: Section, results: Results) -> str:
    parts = [f"### {section.title}\n"]
    if section.text:
        parts.append(section.text.strip() + "\n")
    if section.rows:
        lines = [_row(row, results) for row in section.rows]
        parts.append(_table(("fault", "what happens", "shown by", "last result"), lines))
    parts.extend(_figures(table, results) for table in section.figures)
    return "\n".join(parts)


def _row(row: Row, results: Results) -> str:
    found = [result for test in row.tests for _, result in of(results, test)]
    return f"| {row.fault} | {row.happens} | {_shown_by(row.tests)} | {_came_to(found, row.counts)} |"


def _shown_by(tests: Iterable[str]) -> str:
    by_file: dict[str, list[str]] = {}
    for test in tests:
        path, _, name = test.partition("::")
        by_file.setdefault(path, []).append(name.removeprefix("test_").replace("_", " "))
    return "; ".join(
        f"[{Path(path).stem}](../{path})" + ("" if names == [""] else f": *{'*, *'.join(names)}*")
        for path, names in by_file.items()
    )


def _came_to(found: Sequence[Result], counts: Sequence[str]) -> str:
    if not found:
        return "not run yet"
    failed = sum(result.outcome == FAILED for result in found)
    passed = sum(result.outcome == PASSED for result in found)
    told = f"**{failed} of {len(found)} failed**" if failed else f"{passed} passed"
    if passed + failed < len(found):
        told += f", {len(found) - passed - failed} skipped"
    sums = (f"{_sum(found, name)} {name}" for name in counts if any(name in result.figures for result in found))
    return "; ".join([told, *sums])


def _sum(found: Iterable[Result], name: str) -> str:
    return f"{sum(int(result.figures[name]) for result in found if name in result.figures):,}"


def _figures(table: Figures, results: Results) -> str:
    lines = [
        "| " + " | ".join(result.figures.get(name, "") for name in table.columns) + f" | {_one(result)} |"
        for _, result in of(results, table.test)
    ]
    parts = [f"#### {table.title}\n", table.before, _shown_by([table.test]) + "\n"]
    parts.append(_table((*table.columns.values(), "last result"), lines))
    return "\n".join(part for part in (*parts, table.after) if part)


def _one(result: Result) -> str:
    return f"**{FAILED}**" if result.outcome == FAILED else f"{result.outcome}, {result.when}"


def _table(headings: Sequence[str], lines: Sequence[str]) -> str:
    return "\n".join(["| " + " | ".join(headings) + " |", "|---" * len(headings) + "|", *lines, ""])


def ordered(results: Mapping[str, Result], sections: Sequence[Section]) -> dict[str, Result]:
    """Those results that the page tells of, in the order in which they are kept."""
    named = [test for section in sections for test in section.tests()]
    wanted = {name for test in named for name, _ in of(results, test)}
    return {name: result for name, result in sorted(results.items()) if name in wanted}
