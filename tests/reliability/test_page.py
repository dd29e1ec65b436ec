"""The page that says what was proved says what the tests say, and names no test that there is not."""

import os

import pytest

from reliability import results, tables
from reliability.page import PAGE, page
from reliability.results import Result
from reliability.tables import Figures, Row, Section

SECTIONS = tables.sections()


@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.file.stem)
def test_every_row_names_tests_that_there_are(section):
    assert all(row.tests for row in section.rows)
    assert tables.unknown_tests(list(section.tests())) == []


def test_the_page_is_made_of_the_tables_and_the_kept_results():
    assert PAGE.read_text(encoding="utf-8") == page(SECTIONS, results.kept()), "run: make reliability"


def test_a_test_that_is_not_there_is_named():
    here = "tests/reliability/test_page.py"
    named = [here, f"{here}::test_a_test_that_is_not_there_is_named", f"{here}::test_another", "tests/no/test_file.py"]
    assert tables.unknown_tests(named) == named[2:]


# as pytest writes it; junit_suite_name is the commit
RUN = """<?xml version="1.0" encoding="utf-8"?><testsuites name="pytest tests"><testsuite name="{commit}" errors="0"
timestamp="2026-11-24T14:15:28.123456+00:00" hostname="here">{cases}</testsuite></testsuites>"""
CASE = '<testcase classname="tests.faults.test_it" name="{name}" time="1.234">{inside}</testcase>'


def test_what_came_of_the_runs_is_read_and_the_newest_result_counts(tmp_path):
    noted = '<properties><property name="kills" value="3" /></properties>'
    failed = '<failure message="no">why</failure>'
    first, second = tmp_path / "long.xml", tmp_path / "quick.xml"
    cases = CASE.format(name="test_a[1]", inside=noted) + CASE.format(name="test_b", inside=failed)
    first.write_text(RUN.format(commit="old", cases=cases))
    second.write_text(RUN.format(commit="new", cases=CASE.format(name="test_b", inside="")))
    os.utime(first, (1, 1))
    assert results.newest([second, first]) == {
        "tests/faults/test_it.py::test_a[1]": Result("passed", 1.2, "2026-11-24", "old", {"kills": "3"}),
        "tests/faults/test_it.py::test_b": Result("passed", 1.2, "2026-11-24", "new"),
    }
    assert results.read_run(first)["tests/faults/test_it.py::test_b"].outcome == "failed"


def test_a_failure_and_a_test_that_never_ran_are_told_in_the_page():
    def result(outcome: str, **figures: str) -> Result:
        return Result(outcome, 1.0, "2026-11-24", "a-commit", figures)

    row = Row("killed", "goes on", ("t.py::test_a",), ("kills",))
    figures = Figures("Kills", "t.py::test_a", {"kills": "killed"})
    section = Section(PAGE, "Killed", (row, Row("lost", "asks", ("t.py::test_c",))), (figures,))
    ran = {
        "t.py::test_a[1]": result("failed", kills="2"),
        "t.py::test_a[2]": result("passed", kills="3"),
        "t.py::test_a_longer_one": result("failed"),
    }
    told = page([section], ran)
    assert "| killed | goes on | [t](../t.py): *a* | **1 of 2 failed**; 5 kills |" in told
    assert "| lost | asks | [t](../t.py): *c* | not run yet |" in told
    assert "| 3 | passed, 2026-11-24 |" in told
