"""The documents that a form becomes when it is sent: its XML, and the receipt."""

from dataclasses import replace

from django.utils import translation
from django.utils.translation import gettext as _

from formcase.formservice import receipt
from formcase.formservice.answers import AnsweredPage
from formcase.formservice.design import Form
from formcase.formservice.hidden_pages import compute
from formcase.formservice.receipt_contents import receipt_of
from formcase.formservice.submission_xml import AttachedFile, Heading, write_submission


def xml(
    form: Form, heading: Heading, answered: tuple[AnsweredPage, ...], attachments: tuple[AttachedFile, ...]
) -> bytes:
    """The XML, with the hidden pages computed."""
    return write_submission(form, heading, answered, compute(form, answered), attachments)


def pdf(
    form: Form, heading: Heading, answered: tuple[AnsweredPage, ...], attachments: tuple[AttachedFile, ...]
) -> bytes:
    """The receipt."""
    return receipt.render(receipt_of(form, heading, answered, attachments))


def trial_pdf(
    form: Form, heading: Heading, answered: tuple[AnsweredPage, ...], attachments: tuple[AttachedFile, ...]
) -> bytes:
    """The receipt of a test, which says in its title that it is none."""
    shown = receipt_of(form, heading, answered, attachments)
    with translation.override(heading.language):
        title = _("TEST, NOT SUBMITTED: {title}").format(title=form.title)
    return receipt.render(replace(shown, title=title))
