"""How much may be attached: to a field, to a form, and to a whole submission of this installation."""

from django.conf import settings

from formcase.formservice.answers import MOST_ATTACHMENTS
from formcase.formservice.design import Field, Form
from formcase.formservice.file_kinds import USUAL


def kinds_of(field: Field) -> tuple[str, ...]:
    """The kinds of files that a field takes."""
    return field.accept or USUAL


def largest_file(form: Form, field: Field) -> int:
    """The most bytes that one file of a field may have."""
    return min(
        field.largest_file or settings.FORMSERVICE_LARGEST_FILE, settings.FORMSERVICE_LARGEST_FILE, most_bytes(form)
    )


def most_bytes(form: Form) -> int:
    """The most bytes that all files of a submission may have together."""
    return min(form.largest_total or settings.FORMSERVICE_LARGEST_SUBMISSION, settings.FORMSERVICE_LARGEST_SUBMISSION)


def most_files(form: Form) -> int:
    """How many files may be attached to a submission."""
    return min(form.most_files or MOST_ATTACHMENTS, MOST_ATTACHMENTS)
