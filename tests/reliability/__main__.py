"""`make reliability`: write `docs/reliability.md` anew from the tables and from what came of the last runs.

Each argument is a JUnit file of a run, as `make test`, `make test-long` and `make soak` leave them in `.results/`;
without any, all that are there. Where there are none, the results that are kept stand.
"""

import sys
from pathlib import Path

from reliability import results, tables
from reliability.page import PAGE, ordered, page


def main(arguments: list[str]) -> None:
    """See the module."""
    files = [Path(each) for each in arguments] or list((tables.PROJECT / ".results").glob("*.xml"))
    told = tables.sections()
    known = ordered({**results.kept(), **results.newest(files)}, told)
    results.keep(known)
    PAGE.write_text(page(told, known), encoding="utf-8")
    print(f"{PAGE.relative_to(tables.PROJECT)}: {len(known)} results, {len(files)} runs read")


if __name__ == "__main__":
    main(sys.argv[1:])
