"""`formcase form …`: the forms of the built-in form service."""

from pathlib import Path

from formcase.cli import output
from formcase.cli.failures import WRONG_USE, CommandFailed
from formcase.cli.options import Json
from formcase.cli.runtime import prepared


def list_forms(*, json: Json = False) -> None:
    """List the forms, each in its newest version."""
    columns = {"id": "Form", "title": "Title", "version": "Version", "updatedAt": "Published"}
    with prepared():
        from formcase.formservice import forms

        rows: list[dict[str, output.Cell]] = [
            {
                "id": form.form_id,
                "title": form.title,
                "version": form.version,
                "updatedAt": form.updated_at.isoformat(timespec="seconds"),
            }
            for form in forms.newest(None)
        ]
    output.print_rows(columns, rows, as_json=json, name="forms")


def publish(definition: Path, *, comment: str = "", json: Json = False) -> None:
    """Publish a new version of a form from its JSON definition. comment: what is new in it."""
    try:
        content = definition.read_bytes()
    except OSError as error:
        raise CommandFailed(f"{definition} can't be read: {error.strerror}.", WRONG_USE) from None
    with prepared():
        from formcase.formservice import forms
        from formcase.formservice.definition_files import NotJson, decoded, read_definition_text

        try:
            document = read_definition_text(decoded(content)).document
        except NotJson as error:
            raise CommandFailed(f"{definition} is not JSON: {error}", WRONG_USE) from None
        form = forms.publish(document, comment=comment)
    if json:
        output.print_json({"id": form.id, "title": form.title, "version": form.version})
    else:
        output.say(f"Published form {form.id}, {form.title}, version {form.version}.")
