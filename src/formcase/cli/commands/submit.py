"""`formcase submit`: hand in a form at the built-in form service, as a person would on its page."""

import json as json_format
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from formcase.cli import output
from formcase.cli.failures import WRONG_USE, CommandFailed
from formcase.cli.options import Json
from formcase.cli.runtime import prepared

if TYPE_CHECKING:
    from formcase.formservice.submitting import AttachmentToSubmit


def submit(
    form: Annotated[str, Parameter(help="The form's ID, such as 800636.")],
    answers: Annotated[Path, Parameter(help="A JSON file of the answers: {page: {field or group: …}}.")],
    *,
    attach: Annotated[
        tuple[str, ...],
        Parameter(consume_multiple=True, negative="", help="A file, or FieldName=FILE for a file field."),
    ] = (),
    language: Annotated[str | None, Parameter(help="The language it was filled in, such as da.")] = None,
    form_version: Annotated[int | None, Parameter(help="Which version of the form; the newest unless said.")] = None,
    json: Json = False,
) -> None:
    """Hand in a form at the built-in form service."""
    document = _answers(answers)
    files = [_named_file(text) for text in attach]
    with prepared():
        from formcase.formservice import submitting

        attachments = [_attachment(*file) for file in files]
        submitted = submitting.submit(form, document, attachments, version=form_version, language=language)
    if json:
        output.print_json({"id": submitted.id, "referenceId": submitted.reference_id})
    else:
        output.say(f"Submitted. Reference ID: {submitted.reference_id}")


def _answers(path: Path) -> dict[str, object]:
    try:
        document = json_format.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise CommandFailed(f"{path} can't be read: {error.strerror}.", WRONG_USE) from None
    except (UnicodeDecodeError, json_format.JSONDecodeError) as error:
        raise CommandFailed(f"{path} is not JSON: {error}.", WRONG_USE) from None
    if not isinstance(document, dict):
        raise CommandFailed(f"{path} must hold a JSON object with the form's pages.", WRONG_USE)
    return document


def _named_file(text: str) -> tuple[str | None, Path]:
    """The file field, where one is named, and the file. A file whose own name holds a `=` is found as it is."""
    field, equals, name = text.partition("=")
    path = Path(text)
    if equals and not path.exists():
        path = Path(name)
        if path.is_file():
            return field, path
    elif path.is_file():
        return None, path
    raise CommandFailed(f"There is no file {path} to attach.", WRONG_USE)


def _attachment(field: str | None, path: Path) -> "AttachmentToSubmit":
    from formcase.formservice.submitting import AttachmentToSubmit

    return AttachmentToSubmit(name=path.name, content=path, field=field)
