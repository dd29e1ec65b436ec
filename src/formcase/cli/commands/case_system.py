"""`formcase case-system …`: the built-in case system's own set-up."""

import sys
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from formcase.cli import output
from formcase.cli.failures import WRONG_USE, CommandFailed
from formcase.cli.options import Json
from formcase.cli.runtime import prepared
from formcase.site.configuration import configuration


def corporate_access(
    switch: Annotated[Literal["on", "off"], Parameter(help="on or off")],
    *,
    json: Json = False,
) -> None:
    """Switch corporate access: on, every new case and document is read by the executing user's unit and group alone."""
    _demand_built_in()
    with prepared():
        from formcase.casesystem.setup import set_corporate_access

        set_corporate_access(switch == "on")
    if json:
        output.print_json({"corporateAccess": switch == "on"})
    else:
        output.say(f"Corporate access is {switch}. Cases and documents that are there keep their codes.")


def users(*, json: Json = False) -> None:
    """List the users who may be executing users."""
    _demand_built_in()
    with prepared():
        from formcase.casesystem.setup import user_names

        rows: list[dict[str, output.Cell]] = [{"id": key, "name": name} for key, name in user_names().items()]
    output.print_rows({"id": "User", "name": "Name"}, rows, as_json=json, name="users")


def password(
    user: Annotated[str, Parameter(help="The user's ID.")],
    *,
    administrator: Annotated[bool, Parameter(negative="", help="Let the user set the case system up.")] = False,
    json: Json = False,
) -> None:
    """Give a user a password for the case system's pages, shown once; it must be changed at the first log-in."""
    _demand_built_in()
    with prepared():
        from formcase.casesystem.setup import new_password, user_names

        try:
            made = new_password(user, administrator=administrator)
        except LookupError:
            known = ", ".join(user_names()) or "none"
            raise CommandFailed(f"There is no user {user} in the case system. There are: {known}.") from None
    if json:
        output.print_json({"user": user, "password": made})
    else:
        output.say(f"Log in to the case system as {user} with the password {made}")
        output.say("It is shown this once and must be changed at the first log-in.")


def export(*, json: Json = False) -> None:
    """Print the whole set-up as one YAML file: code tables, users, rights, accounts. No secret is in it."""
    _demand_built_in()
    with prepared():
        from formcase.casesystem.administration.file import write_file

        text = write_file()
    if json:
        output.print_json({"file": text})
    else:
        sys.stdout.write(text)


def import_(
    file: Annotated[Path, Parameter(help="A file that `case-system export` printed; - for standard input.")],
    *,
    dry_run: Annotated[bool, Parameter(negative="", help="Say what would change, and change nothing.")] = False,
    json: Json = False,
) -> None:
    """Add and change what a set-up file says, all or nothing. What is there and not in the file stays."""
    _demand_built_in()
    text = _text_of(file)
    with prepared():
        from formcase.casesystem.administration.file import BadFileError, carry_in

        try:
            carried = carry_in(text, "command", only_try=dry_run)
        except BadFileError as error:
            raise CommandFailed(f"{file} is not carried in.\n{error}") from None
    rows: list[dict[str, output.Cell]] = [{"table": table, **counts} for table, counts in carried.counts.items()]
    columns = {"table": "Table", "added": "Added", "changed": "Changed", "same": "As it was"}
    output.print_rows(columns, rows, as_json=json, name="tables")


def _text_of(file: Path) -> str:
    try:
        return sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CommandFailed(f"{file} can't be read as UTF-8 text: {type(error).__name__}.", WRONG_USE) from None


def _demand_built_in() -> None:
    if not configuration().uses_built_in_case_system:
        raise CommandFailed(
            "Another case system is set (FORMCASE_CASE_SYSTEM_URL); this is about the built-in one.", WRONG_USE
        )
