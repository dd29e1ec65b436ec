"""`formcase user …`: who may sign in to the Configurator, and as what."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

from formcase.cli import output
from formcase.cli.failures import WRONG_USE, CommandFailed
from formcase.cli.options import Json
from formcase.cli.runtime import prepared

if TYPE_CHECKING:
    from formcase.accounts.models import User

BY = "command line"
RoleName = Literal["viewer", "operator", "administrator"]
PasswordFile = Annotated[
    Path | None, Parameter(help="A file whose first line is the password; made and printed unless.")
]
Name = Annotated[str, Parameter(help="What the user signs in with.")]


def list_(*, json: Json = False) -> None:
    """List the users."""
    columns = {"username": "User", "name": "Name", "role": "Role", "enabled": "Enabled", "lastSignIn": "Last signed in"}
    with prepared():
        from formcase.accounts.models import User

        rows = [_row(user) for user in User.objects.order_by("username")]
    output.print_rows(columns, rows, as_json=json, name="users")


def create(
    name: Name,
    *,
    role: Annotated[RoleName, Parameter(help="What the user may do.")] = "viewer",
    full_name: Annotated[str, Parameter(help="The person's name.")] = "",
    provider_login: Annotated[
        str | None, Parameter(help="How the OpenID Connect provider knows the person, where one is set.")
    ] = None,
    password_file: PasswordFile = None,
    json: Json = False,
) -> None:
    """Make a user. A password that is made here is printed once and must be changed at the first sign-in."""
    given = _given(password_file)
    with prepared():
        from formcase.accounts import managing

        password = given or managing.new_password()
        values = {"username": name, "role": role, "full_name": full_name, "provider_login": provider_login}
        user = managing.create(BY, values, password, must_change=given is None)
        _say_password(user, None if given else password, f"Made {user.username} ({role}).", as_json=json)


def set_password(name: Name, *, password_file: PasswordFile = None, json: Json = False) -> None:
    """Give a user a new password; the user is signed out everywhere."""
    given = _given(password_file)
    with prepared():
        from formcase.accounts import managing

        user = managing.find(name)
        password = given or managing.new_password()
        managing.set_password(BY, user, password, must_change=given is None)
        _say_password(user, None if given else password, f"{user.username} has a new password.", as_json=json)


def role(name: Name, role: Annotated[RoleName, Parameter(help="The new role.")], *, json: Json = False) -> None:
    """Give a user another role."""
    _change(name, {"role": role}, f"{name} is now {role}.", as_json=json)


def disable(name: Name, *, json: Json = False) -> None:
    """Let a user sign in no more; the user is signed out at once."""
    _change(name, {"is_active": False}, f"{name} can't sign in any more.", as_json=json)


def enable(name: Name, *, json: Json = False) -> None:
    """Let a disabled user sign in again."""
    _change(name, {"is_active": True}, f"{name} can sign in again.", as_json=json)


def reset_second_factor(name: Name, *, json: Json = False) -> None:
    """Take away a user's second factors, after they were lost."""
    with prepared():
        from formcase.accounts import managing

        count = managing.reset_second_factor(BY, managing.find(name))
    if json:
        output.print_json({"removed": count})
    else:
        output.say(f"{name} signs in by the password alone." if count else f"{name} had no second factor.")


def _change(name: str, values: dict[str, object], said: str, *, as_json: bool) -> None:
    with prepared():
        from formcase.accounts import managing

        user = managing.change(BY, managing.find(name), values)
        if as_json:
            output.print_json(_row(user))
        else:
            output.say(said)


def _say_password(user: "User", password: str | None, said: str, *, as_json: bool) -> None:
    if as_json:
        output.print_json(_row(user) | ({"password": password} if password else {}))
        return
    output.say(said)
    if password:
        output.say(f"Password, shown this once: {password} (it must be changed at the first sign-in)")


def _row(user: "User") -> dict[str, output.Cell]:
    return {
        "username": user.username,
        "name": user.full_name,
        "role": user.role,
        "enabled": user.is_active,
        "lastSignIn": user.last_login.isoformat() if user.last_login else None,
    }


def _given(file: Path | None) -> str | None:
    if file is None:
        return None
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise CommandFailed(f"{file} can't be read: {error}.", WRONG_USE) from None
    if not lines or not lines[0]:
        raise CommandFailed(f"{file} holds no password in its first line.", WRONG_USE)
    return lines[0]
