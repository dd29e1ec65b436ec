"""What is asked for on the pages of clients."""

from collections.abc import Iterable

from django import forms as django_forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from formcase.formservice import forms
from formcase.formservice.lexical import is_line
from formcase.formservice.models import Client
from formcase.formservice.uploaded_certificates import LARGEST

ALL, CHOSEN = "all", "chosen"


class ClientForm(django_forms.Form):
    """A client's name and the forms that are released to it."""

    name = django_forms.CharField(
        label=gettext_lazy("Name"),
        max_length=255,
        help_text=gettext_lazy("Who or what it is, such as the authority and its system."),
    )
    release = django_forms.ChoiceField(
        label=gettext_lazy("Released forms"),
        choices=[
            (CHOSEN, gettext_lazy("Only those that are chosen below")),
            (ALL, gettext_lazy("All, also those that are published later")),
        ],
        widget=django_forms.RadioSelect,
        initial=CHOSEN,
    )
    forms = django_forms.MultipleChoiceField(
        label=gettext_lazy("Published forms"),
        required=False,
        widget=django_forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("A client sees these forms and what was submitted with them, and nothing else."),
    )

    def __init__(self, data: object = None, *, client: Client | None = None) -> None:
        initial = None if client is None else _described(client)
        super().__init__(data, initial=initial)  # type: ignore[arg-type]
        chosen = self.fields["forms"]
        if isinstance(chosen, django_forms.MultipleChoiceField):
            chosen.choices = _form_choices((client.form_ids or ()) if client else ())

    def clean_name(self) -> str:
        """One line of text."""
        name: str = self.cleaned_data["name"].strip()
        if not is_line(name):
            raise django_forms.ValidationError(_("A name is one line of text."))
        return name

    @property
    def form_ids(self) -> list[str] | None:
        """What is released; None: everything."""
        return None if self.cleaned_data["release"] == ALL else list(self.cleaned_data["forms"])


class NewClientForm(ClientForm):
    """A client that does not exist yet."""

    client_id = django_forms.CharField(
        label=gettext_lazy("Client ID"),
        max_length=64,
        help_text=gettext_lazy(
            "By this the client says who it is: the parameter ClientId of a service workflow. Letters, digits, “.”, "
            "“_” and “-”. It can't be changed later."
        ),
    )
    field_order = ["client_id", "name", "release", "forms"]


class _NeverShownAgain(django_forms.Textarea):
    """What was pasted may be a key by mistake, and is not sent back."""

    def format_value(self, value: object) -> str:
        """Nothing."""
        return ""


class UploadForm(django_forms.Form):
    """A certificate, as a file or as text."""

    file = django_forms.FileField(
        label=gettext_lazy("File of the certificate"),
        required=False,
        allow_empty_file=True,
        help_text=gettext_lazy("In PEM form and without the key: .pem, .crt or .cer."),
    )
    text = django_forms.CharField(
        label=gettext_lazy("Or the certificate's text"),
        required=False,
        max_length=LARGEST,
        strip=False,
        widget=_NeverShownAgain({"rows": 6, "spellcheck": "false", "autocomplete": "off"}),
        help_text=gettext_lazy("From BEGIN CERTIFICATE to END CERTIFICATE, with both lines."),
    )

    def clean(self) -> dict[str, object]:
        """One of the two."""
        if "file" in self.cleaned_data and "text" in self.cleaned_data:
            given = [bool(self.cleaned_data["file"]), bool(self.cleaned_data["text"].strip())]
            if not any(given):
                self.add_error("file", _("Choose the certificate's file, or paste its text."))
            if all(given):
                self.add_error("text", _("Hand in the file or the text, not both."))
        return self.cleaned_data

    @property
    def field_used(self) -> str:
        """Which of the two fields was used."""
        return "file" if self.cleaned_data["file"] else "text"

    @property
    def content(self) -> bytes:
        """What was handed in, as far as it is looked at."""
        file = self.cleaned_data["file"]
        if isinstance(file, UploadedFile):
            return bytes(file.read(LARGEST + 1))
        return str(self.cleaned_data["text"]).encode()


class IssueForm(django_forms.Form):
    """A certificate that the built-in authority is to issue. number: how many the client had when it was asked for."""

    days = django_forms.TypedChoiceField(
        label=gettext_lazy("Valid for"),
        coerce=int,
        choices=[(30, gettext_lazy("30 days")), (90, gettext_lazy("90 days")), (365, gettext_lazy("A year"))],
        initial=90,
    )
    key = django_forms.ChoiceField(
        label=gettext_lazy("Key"),
        choices=[("rsa", "RSA, 2048 bit"), ("ec", "ECDSA, P-256")],
        initial="rsa",
    )
    number = django_forms.IntegerField(widget=django_forms.HiddenInput)


def _described(client: Client) -> dict[str, object]:
    return {
        "name": client.name,
        "release": ALL if client.form_ids is None else CHOSEN,
        "forms": client.form_ids or [],
    }


def _form_choices(released: Iterable[str]) -> list[tuple[str, str]]:
    """The published forms, and those that were released before they are published."""
    published = {form.form_id: f"{form.title} ({form.form_id})" for form in forms.newest()}
    others = {form_id: _("{form} (not published)").format(form=form_id) for form_id in released}
    return sorted((others | published).items(), key=lambda choice: choice[1].casefold())
