"""`formcase form-service …`: looking after the built-in form service."""

from formcase.cli import output
from formcase.cli.failures import ANSWER_IS_NO, WRONG_USE, CommandFailed
from formcase.cli.options import Json
from formcase.cli.runtime import prepared


def administrator(name: str = "administrator", *, json: Json = False) -> None:
    """Give an administrator of the form service's pages a new password, shown this once; or make one of this name."""
    with prepared():
        from formcase.formservice.administration.passwords import give_password

        password = give_password(name)
    if json:
        output.print_json({"name": name, "password": password})
    else:
        output.say(f"Sign in at /form-service/ as {name} with {password} (it must be changed at the first sign-in).")


def keep(form: str, days: int, *, json: Json = False) -> None:
    """Set how many days what is Imported of a form is kept, at least 30; what is not Imported stays anyway."""
    with prepared():
        from formcase.formservice import forms
        from formcase.formservice.retention import SHORTEST, keep_form

        forms.form(form)
        if days < SHORTEST.days:
            raise CommandFailed(f"What is Imported is kept for at least {SHORTEST.days} days, not {days}.", WRONG_USE)
        keep_form(form, days)
    if json:
        output.print_json({"form": form, "days": days})
    else:
        output.say(f"What is Imported of form {form} is kept for {days} days.")


def tidy(*, json: Json = False) -> None:
    """Remove what was kept long enough: Imported submissions, and forms that nobody goes on filling in. The form
    service does so by itself, too."""
    with prepared():
        from formcase.formservice import calls
        from formcase.formservice.filling.drafts import remove_abandoned
        from formcase.formservice.retention import remove_finished

        submissions, drafts, old_calls = remove_finished(), remove_abandoned(), calls.remove_old()
    if json:
        output.print_json({"submissions": submissions, "drafts": drafts, "calls": old_calls})
    else:
        output.say(f"Removed {submissions} submissions, {drafts} drafts and {old_calls} calls of the log.")


def certificates(*, within: int = 60, json: Json = False) -> int:
    """List the clients' certificates that have expired or expire within so many days (60 at most), unless the client
    has gone over to another; exit code 1 where there is one."""
    with prepared():
        from formcase.formservice.expiry import THRESHOLDS, expiring

        if not 0 <= within <= max(THRESHOLDS):
            raise CommandFailed(f"--within takes 0 to {max(THRESHOLDS)} days, not {within}.", WRONG_USE)
        rows: list[dict[str, output.Cell]] = [
            {
                "client": entry.certificate.client.client_id,
                "thumbprint": entry.certificate.sha1,
                "expires": entry.certificate.not_after.isoformat(),
                "daysLeft": entry.days_left,
            }
            for entry in expiring()
            if entry.days_left <= within
        ]
    columns = {"client": "Client", "thumbprint": "Thumbprint", "expires": "Expires", "daysLeft": "Days left"}
    output.print_rows(columns, rows, as_json=json, name="certificates")
    return ANSWER_IS_NO if rows else 0
