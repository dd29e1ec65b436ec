"""`formcase form-service …`: looking after the built-in form service."""

from formcase.cli import output
from formcase.cli.failures import WRONG_USE, CommandFailed
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
        from formcase.formservice.filling.drafts import remove_abandoned
        from formcase.formservice.retention import remove_finished

        submissions, drafts = remove_finished(), remove_abandoned()
    if json:
        output.print_json({"submissions": submissions, "drafts": drafts})
    else:
        output.say(f"Removed {submissions} submissions and {drafts} drafts.")
