"""A backup of the journal, and the journal restored from it, as a database's own tools would do it."""

from workflows.bench import Bench

DUMPED = ("workflows_submissionrecord", "workflows_filedcase", "workflows_personindex", "workflows_errorcause")


async def dump(bench: Bench) -> None:
    """Copy the journal, in place of an earlier copy."""
    for table in DUMPED:
        await bench.rows(f"drop table if exists backup_{table}")
        await bench.rows(f"create table backup_{table} as table {table}")


async def restore(bench: Bench) -> None:
    """The journal is what it was when it was dumped; the ends are not. The copy stays."""
    await lose(bench)
    for table in DUMPED:
        columns = ", ".join(
            str(row["column_name"])
            for row in await bench.rows(
                "select column_name from information_schema.columns "
                "where table_name = %s and is_generated = 'NEVER'", table,
            )
        )  # fmt: skip
        await bench.rows(
            f"insert into {table} ({columns}) overriding system value select {columns} from backup_{table}"
        )
    await bench.rows(
        "select setval(pg_get_serial_sequence('workflows_submissionrecord', 'id'), "
        "(select coalesce(max(id), 0) + 1000 from workflows_submissionrecord))"
    )


async def lose(bench: Bench) -> None:
    """The journal is empty."""
    await bench.rows(f"truncate {', '.join(DUMPED)}, workflows_claim cascade")


async def drop(bench: Bench) -> None:
    """Throw the copy away."""
    for table in DUMPED:
        await bench.rows(f"drop table if exists backup_{table}")
