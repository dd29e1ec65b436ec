"""The page on security names tests that there are, and items of the standard in its order."""

import ast
import re
from functools import cache
from itertools import pairwise
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs/security.md").read_text("utf-8")
TABLE = PAGE.partition("## ASVS 5.0")[2].partition("## Not met")[0]
NOT_MET = PAGE.partition("## Not met")[2].partition("## Fuzzing")[0]
ITEM = re.compile(r"\b(\d{1,2})\.(\d{1,2})\.(\d{1,2})\b")


@cache
def functions_of(file: str) -> frozenset[str]:
    tree = ast.parse((ROOT / file).read_text("utf-8"))
    functions = (node for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    return frozenset(function.name for function in functions if function.name.startswith("test_"))


def test_every_test_that_the_page_names_is_there():
    named = re.findall(r"`([\w/]+\.py)::(\w+)`", PAGE)
    assert len(named) > 80
    assert [f"{file}::{test}" for file, test in named if test not in functions_of(file)] == []


def test_items_stand_in_the_order_of_the_standard_and_each_says_what_shows_it():
    for part in (TABLE, NOT_MET):
        rows = [row.split("|")[1:-1] for row in part.splitlines() if ITEM.match(row.removeprefix("| "))]
        assert rows
        assert all(cell.strip() for row in rows for cell in row)
        first = [tuple(map(int, found.groups())) for row in rows if (found := ITEM.search(row[0]))]
        assert all(one <= following for one, following in pairwise(first))
        assert all(1 <= chapter <= 17 for chapter, *_ in first)
