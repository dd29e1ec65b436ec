"""`formcase migrate`: bring the database's tables to this version's state."""

from formcase.cli import output
from formcase.cli.options import Json
from formcase.cli.runtime import Migrations, prepared


def migrate(*, json: Json = False) -> None:
    """Bring the database's tables up to date. Safe to run again, and by several processes at once."""
    with prepared(Migrations.IGNORE):
        from formcase.site.migrating import apply_migrations

        applied = apply_migrations()
    if json:
        output.print_json({"applied": list(applied)})
    elif applied:
        output.say(f"{len(applied)} migrations applied.")
    else:
        output.say("Everything was up to date.")
