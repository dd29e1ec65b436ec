"""The set-up for administrators: every table with its rows, the settings, the whole as a file, passwords, secrets."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.contrib.auth.hashers import make_password
from django.core.files.uploadedfile import UploadedFile
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from formcase.appearance.navigation import Link
from formcase.casesystem.administration.checking import Known, wrong_with
from formcase.casesystem.administration.file import BadFileError, carry_in, write_file
from formcase.casesystem.administration.rows import Row, number, remove, row, rows, save
from formcase.casesystem.administration.tables import SETTINGS, TABLES, Column, Kind, Table, table_named
from formcase.casesystem.administration.trees import branches_of
from formcase.casesystem.administration.uses import DELETABLE, uses_of
from formcase.casesystem.errors import not_found
from formcase.casesystem.login.passwords import give_password
from formcase.casesystem.models import Account, AdministrationEntry, User
from formcase.casesystem.pages.names import SETS
from formcase.casesystem.pages.page import Page, Section
from formcase.casesystem.pages.showing import show
from formcase.casesystem.pages.typed_choice import choice_field
from formcase.casesystem.pages.visitor import Visitor

_SHOWN_ENTRIES = 20
_SECRET_LENGTH = 48
_ROWS = 50


class RowForm(forms.Form):
    """One row of a table."""

    def __init__(self, table: Table, given: Row | None, known: Known, data: Any = None) -> None:
        super().__init__(data)
        self.table, self.known, self.given = table, known, given
        if table.grouped and given is None:
            self.fields["group"] = forms.CharField(label=str(table.grouped), max_length=60)
        for column in table.columns:
            made = _field(column, known)
            made.label, made.required = str(column.title), column.required
            made.help_text = str(column.hint) or made.help_text
            made.initial = column.default if given is None else given.values[column.name]
            made.disabled = given is not None and column.name == table.key
            self.fields[_name(column)] = made

    def wanted(self) -> Row:
        """The row as it was filled in."""
        group = self.given.group if self.given is not None else str(self.cleaned_data.get("group", "")).strip()
        return Row(group, {column.name: _plain(self.cleaned_data[_name(column)]) for column in self.table.columns})

    def clean(self) -> None:
        """What must hold of the row, as of one from a file."""
        if self.errors:
            return
        wanted = self.wanted()
        if self.given is None and self.table.key and row(self.table, wanted.group, str(wanted.values[self.table.key])):
            self.add_error(_name(self.table.column(self.table.key)), _("There is one with this name already."))
        for wrong in wrong_with(self.table, wanted, self.known):
            self.add_error(_name(self.table.column(wrong.column)) if wrong.column else None, wrong.message)


class FileForm(forms.Form):
    """A set-up to carry in."""

    file = forms.FileField(label=gettext_lazy("Set-up file"))
    only_try = forms.BooleanField(label=gettext_lazy("Only say what would change"), required=False, initial=True)


def overview(request: HttpRequest, visitor: Visitor) -> HttpResponseBase:
    """The tables, the file, the last changes."""
    form = FileForm(request.POST or None, request.FILES or None)
    carried, wrong = None, []
    if form.is_valid():
        try:
            text = _text(form.cleaned_data["file"])
            carried = carry_in(text, visitor.actor.account, only_try=form.cleaned_data["only_try"])
        except BadFileError as error:
            wrong = error.errors
        except UnicodeDecodeError:
            form.add_error("file", _("The file is not UTF-8 text."))
    content = {
        "tables": [(table, number(table)) for table in TABLES],
        "form": form,
        "wrong": wrong,
        "carried": carried.counts if carried is not None else None,
        "tried": bool(carried is not None and form.cleaned_data["only_try"]),
        "entries": AdministrationEntry.objects.order_by("-id")[:_SHOWN_ENTRIES],
    }
    return show(request, visitor, "administration.html", content)


def table_rows(request: HttpRequest, visitor: Visitor, table: str) -> HttpResponseBase:
    """The rows of one table, a page at a time; a tree of them can be opened and closed."""
    found = _table(table)
    words = request.GET.get("q", "").strip()
    listed = [one for one in _listed(found) if _holds(one, words)]
    if found.tree and not words:
        branches = branches_of(found, listed)
        return show(
            request, visitor, "administration_tree.html", {"table": found, "branches": branches}, title=found.title
        )
    pages = Paginator(listed, _ROWS)
    page = pages.get_page(request.GET.get("page"))
    content = {
        "table": found,
        "words": words,
        "page": page,
        "searchable": bool(words) or pages.num_pages > 1,
        "rows": [(one, _key(found, one), _cells(found, one)) for one in page],
        "titles": [column.title for column in found.columns],
    }
    return show(request, visitor, "administration_table.html", content, title=found.title)


def delete_row(request: HttpRequest, visitor: Visitor, table: str) -> HttpResponseBase:
    """Delete a row that nothing uses; say what uses it, where something does."""
    found = _table(table)
    given = row(found, request.GET.get("group", ""), request.GET.get("key", ""))
    if given is None or found.name not in DELETABLE:
        raise not_found()
    uses = uses_of(found, given, visitor.reference)
    own = found.name == "users" and _key(found, given) == visitor.user.key
    if request.method == "POST" and not uses and not own:
        remove(found, given, visitor.actor.account)
        messages.success(request, _("The row is deleted."))
        return redirect(_back(found))
    content = {
        "uses": [replace(use, what=str(SETS.get(use.what, use.what))) for use in uses],
        "own": own,
        "back": _back(found),
        "switch": next((column.title for column in found.columns if column.name in ("hidden", "enabled")), ""),
    }
    title = _("Delete {row}?").format(row=_key(found, given))
    between = (Link(found.title, _back(found)),)
    return show(request, visitor, "administration_delete.html", content, title=title, between=between)


def new_row(request: HttpRequest, visitor: Visitor, table: str) -> HttpResponseBase:
    """Add a row."""
    return _edit(request, visitor, _table(table), None)


def edit_row(request: HttpRequest, visitor: Visitor, table: str) -> HttpResponseBase:
    """Change a row; which one stands in the query, as codes may hold whatever they like."""
    found = _table(table)
    given = row(found, request.GET.get("group", ""), request.GET.get("key", "")) if found.key else rows(found)[0]
    if given is None:
        raise not_found()
    return _edit(request, visitor, found, given)


def settings(request: HttpRequest, visitor: Visitor) -> HttpResponseBase:
    """Corporate access and the usual number mask."""
    return _edit(request, visitor, SETTINGS, rows(SETTINGS)[0])


def download(_request: HttpRequest, _visitor: Visitor) -> HttpResponseBase:
    """The whole set-up as a file."""
    response = HttpResponse(write_file(), content_type="application/yaml; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="case-system-set-up.yaml"'
    return response


def password(request: HttpRequest, visitor: Visitor, key: str) -> HttpResponseBase:
    """Give a user a new password."""
    user = User.objects.filter(pk=key, holds_all_codes=False).first()
    if user is None:
        raise not_found()
    if request.method == "POST":
        made = give_password(user)
        _keep(visitor, "users", key, "password")
        title = _("New password for {user}").format(user=user.name)
        text = _("It is shown now and never again. Hand it over on a safe way; it must be changed at the first log-in.")
        return _shown_once(request, visitor, title, text=text, made=made, table="users")
    content = {
        "explanation": _("The old password and all log-ins of this user end at once."),
        "action": _("Give a new password"),
        "back": reverse("casesystem:administration_table", args=["users"]),
    }
    return show(request, visitor, "ask.html", content, title=_("Give the user a new password?"))


def secret(request: HttpRequest, visitor: Visitor, key: str) -> HttpResponseBase:
    """Give an integration a new secret."""
    account = Account.objects.filter(pk=key, may_impersonate=True).first()
    if account is None:
        raise not_found()
    if request.method == "POST":
        made = get_random_string(_SECRET_LENGTH)
        account.secret = make_password(made)
        account.save(update_fields=["secret"])
        _keep(visitor, "accounts", key, "secret")
        title = _("New secret for {user}").format(user=account.name)
        return _shown_once(
            request, visitor, title, text=_("It is shown now and never again."), made=made, table="accounts"
        )
    content = {
        "explanation": _("The old secret is void at once; whoever uses it is refused until it is replaced there."),
        "action": _("Give a new secret"),
        "back": reverse("casesystem:administration_table", args=["accounts"]),
    }
    return show(request, visitor, "ask.html", content, title=_("Give the account a new secret?"))


def _edit(request: HttpRequest, visitor: Visitor, table: Table, given: Row | None) -> HttpResponseBase:
    form = RowForm(table, given, Known(), request.POST or None)
    if form.is_valid():
        wanted = form.wanted()
        loses = table.name == "users" and wanted.values["id"] == visitor.user.key
        if loses and not (wanted.values["administrator"] and wanted.values["enabled"]):
            form.add_error(None, _("You can't take your own administration away."))
        else:
            save(table, wanted, visitor.actor.account)
            messages.success(request, _("The row is saved."))
            return redirect(_back(table))
    content = {
        "form": form,
        "action": _("Save"),
        "back": _back(table),
        "version": "",
    }
    between = (Link(table.title, _back(table)),) if table.key else ()
    title = None if given is None or not table.key else str(given.values[table.key])
    if given is not None and table.name in DELETABLE:
        query = urlencode({"group": given.group, "key": title or ""})
        content["delete"] = f"{reverse('casesystem:administration_delete', args=[table.slug])}?{query}"
    return show(request, visitor, "form.html", content, title=title, between=between)


def _shown_once(
    request: HttpRequest, visitor: Visitor, title: str, *, text: str, made: str, table: str
) -> HttpResponseBase:
    content = {"text": text, "made": made, "back": reverse("casesystem:administration_table", args=[table])}
    return show(request, visitor, "shown_once.html", content, title=title)


def _keep(visitor: Visitor, table: str, key: str, what: str) -> None:
    AdministrationEntry.objects.create(
        account=visitor.actor.account, table=table, key=key, action="changed", after={what: "new"}
    )


def _table(name: str) -> Table:
    found = table_named(name)
    if found is None or not found.key:
        raise not_found()
    return found


def _back(table: Table) -> str:
    if not table.key:
        return reverse("casesystem:administration")
    return reverse("casesystem:administration_table", args=[table.slug])


def _listed(table: Table) -> list[Row]:
    """The rows that are shown: what people log in with belongs to their users."""
    return [one for one in rows(table) if table.name != "accounts" or one.values["acts for users"]]


def _key(table: Table, one: Row) -> str:
    return str(one.values[table.key])


def _cells(table: Table, one: Row) -> list[tuple[Any, Any]]:
    return [(column.title, _shown(one.values[column.name])) for column in table.columns if column.name != table.key]


def _holds(one: Row, words: str) -> bool:
    """Whether a row has all words of a search in it somewhere."""
    text = " ".join([one.group, *(str(_shown(value) or "") for value in one.values.values())]).lower()
    return all(word in text for word in words.lower().split())


def _shown(value: Any) -> Any:
    return ", ".join(value) if isinstance(value, list) else value


def _name(column: Column) -> str:
    return column.name.replace(" ", "_")


def _plain(value: Any) -> Any:
    return (value.strip() or None) if isinstance(value, str) else value


def _text(file: UploadedFile) -> str:  # type: ignore[type-arg]
    content: bytes = file.read()
    return content.decode("utf-8-sig")


def _field(column: Column, known: Known) -> forms.Field:
    if column.kind is Kind.CODES:
        codes = [(code, code) for code in sorted(known.codes(column))]
        return forms.MultipleChoiceField(choices=codes, widget=forms.CheckboxSelectMultiple)
    if column.refers or column.choices:
        allowed = sorted(known.codes(column)) if column.refers else list(column.choices)
        return choice_field([(one, one) for one in allowed])
    fields: Mapping[Kind, forms.Field] = {
        Kind.FLAG: forms.BooleanField(),
        Kind.NUMBER: forms.IntegerField(min_value=1, max_value=99_999),
        Kind.DAY: forms.DateField(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")),
        Kind.LONG_TEXT: forms.CharField(widget=forms.Textarea(attrs={"rows": 6}), max_length=20_000),
    }
    return fields.get(column.kind) or forms.CharField(max_length=500)


_ROUTE = "case-system/administration/"
_OF_TABLE = f"{_ROUTE}tables/<str:table>/"
PAGES = (
    Page("administration", _ROUTE, overview, gettext_lazy("Set-up"), Section.ADMINISTRATION, administration=True),
    Page(
        "administration_settings",
        f"{_ROUTE}settings/",
        settings,
        gettext_lazy("Settings"),
        Section.ADMINISTRATION,
        parent="administration",
        administration=True,
    ),
    Page(
        "administration_table",
        _OF_TABLE,
        table_rows,
        gettext_lazy("Rows"),
        parent="administration",
        administration=True,
    ),
    Page(
        "administration_new",
        f"{_OF_TABLE}new/",
        new_row,
        gettext_lazy("Add a row"),
        parent="administration",
        administration=True,
    ),
    Page(
        "administration_row",
        f"{_OF_TABLE}row/",
        edit_row,
        gettext_lazy("Change a row"),
        parent="administration",
        administration=True,
    ),
    Page(
        "administration_delete",
        f"{_OF_TABLE}delete/",
        delete_row,
        gettext_lazy("Delete a row"),
        parent="administration",
        administration=True,
    ),
    Page(
        "administration_file",
        f"{_ROUTE}case-system-set-up.yaml",
        download,
        gettext_lazy("As a file"),
        parent="administration",
        administration=True,
        whole=False,
    ),
    Page(
        "administration_password",
        f"{_ROUTE}password/<str:key>/",
        password,
        gettext_lazy("Give a new password"),
        parent="administration",
        administration=True,
    ),
    Page(
        "administration_secret",
        f"{_ROUTE}secret/<str:key>/",
        secret,
        gettext_lazy("Give a new secret"),
        parent="administration",
        administration=True,
    ),
)
