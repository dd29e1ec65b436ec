"""Forms for cases, documents, contacts and their rows: made from the model and the code tables, saved as the very
writes that OData requests make, so that the same rules decide."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from formcase.casesystem.access_codes import Permission
from formcase.casesystem.edm import EntityType, Navigation, Primitive, Property
from formcase.casesystem.errors import Problem
from formcase.casesystem.exchange import Answer, Request
from formcase.casesystem.json_values import read_object, write_json
from formcase.casesystem.pages.choices import Choices, code_choices, group_choices, set_choices
from formcase.casesystem.pages.facts import permission_text
from formcase.casesystem.pages.names import name_of
from formcase.casesystem.pages.typed_choice import choice_field
from formcase.casesystem.pages.visitor import Visitor
from formcase.casesystem.paths import quoted_key
from formcase.casesystem.reference import CODE_SETS, Reference
from formcase.casesystem.schema import NAMESPACE
from formcase.casesystem.transactions import Part, carry_out

_PERMISSIONS = ("AccessCode", "UpdateCode")
_LONG = frozenset({"FreeText"})


@dataclass(frozen=True, slots=True)
class Input:
    """A property that a form asks for. path: as in drafts: `Title`, `Text/Text`, `AccessCode`."""

    path: str
    required: bool = False
    label: str | Promise | None = None

    @property
    def name(self) -> str:
        """The name of the form's field."""
        return self.path.replace("/", "__")


class EntityForm(forms.Form):
    """The values of one entity. given: its present values, as the service shows them; none for a new one."""

    def __init__(
        self,
        visitor: Visitor,
        short_type: str,
        inputs: Sequence[Input],
        *,
        data: Any = None,
        given: Mapping[str, Any] | None = None,
        defaults: Mapping[str, str] | None = None,
        files: Any = None,
    ) -> None:
        super().__init__(data, files)
        self.inputs = tuple(inputs)
        self._before = {one.path: value_at(given or {}, one.path) for one in inputs}
        entity_type = visitor.reference.model.types[f"{NAMESPACE}.{short_type}"]
        for one in inputs:
            before = self._before[one.path]
            made = _field(visitor.reference, entity_type, one, before)
            made.initial = before if before is not None else (defaults or {}).get(one.path)
            made.label = str(one.label) if one.label is not None else name_of(one.path, visitor.reference)
            made.required = one.required
            self.fields[one.name] = made

    def changed_values(self) -> dict[str, Any]:
        """What differs from before, by path; for a new entity what has a value."""
        found = {}
        for one in self.inputs:
            value = _plain(self.cleaned_data.get(one.name))
            if value != _plain(self._before[one.path]):
                found[one.path] = value
        return found

    def refuse(self, problems: Iterable[Problem]) -> None:
        """Say of the fields what the service said."""
        for problem in problems:
            name = self._name_for(problem.target)
            self.add_error(name, problem.message)

    def _name_for(self, target: str | None) -> str | None:
        """The field that an error target is about; None where it is about none in particular."""
        if target is None:
            return None
        for one in self.inputs:
            if target in (one.path, one.name) or target.startswith(f"{one.path}/"):
                return one.name
            if one.path.endswith(f"/{target}") or target.removesuffix("@odata.bind") == one.path.removesuffix("_Value"):
                return one.name
        return None


@dataclass(frozen=True, slots=True)
class Written:
    """What came of a write. keys: of what each part made or changed; problems: why nothing was written."""

    keys: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def done(self) -> bool:
        """Whether it was written."""
        return not self.problems


def write(visitor: Visitor, parts: Sequence[Part]) -> Written:
    """Carry the parts out in one transaction: all, or nothing."""
    outcome = carry_out(visitor.session, parts)
    first = outcome.answers[0]
    if first.status >= 400:
        return Written(problems=tuple(_problems(first)))
    return Written(tuple(_key(answer) for answer in outcome.answers))


def creating(entity_set: str, values: Mapping[str, Any], content_id: str | None = None) -> Part:
    """The write that makes an entity."""
    return Part(_request("POST", entity_set, _nested(values)), content_id)


def changing(entity_set: str, key: str, values: Mapping[str, Any], etag: str) -> list[Part]:
    """The writes that change an entity: its own values, and those of its groups one by one."""
    address = f"{entity_set}({quoted_key(key)})"
    own = {path: value for path, value in values.items() if "/" not in path}
    parts = [_request("PATCH", address, _nested(own), etag)] if own else []
    for path, value in values.items():
        group, slash, name = path.partition("/")
        if slash:
            parts.append(_request("PATCH", f"{address}/{group}", {name: value}, "" if parts else etag))
    return [Part(request) for request in parts]


def deleting(entity_set: str, key: str) -> Part:
    """The write that deletes an entity."""
    return Part(_request("DELETE", f"{entity_set}({quoted_key(key)})", {}))


def custom_inputs(reference: Reference, short_type: str) -> list[Input]:
    """The installation's own fields on a type."""
    paths = {field.name: field for field in reference.custom_fields if field.entity == short_type}
    properties = reference.model.types[f"{NAMESPACE}.{short_type}"].properties
    return [Input(f"{name}_Value" if f"{name}_Value" in properties else name) for name in paths]


def value_at(entity: Mapping[str, Any], path: str) -> Any:
    """A value as a form shows it."""
    if path in _PERMISSIONS:
        return permission_text(entity.get(path)) or None
    found: Any = entity
    for name in path.split("/"):
        found = (found or {}).get(name)
    return found


def permission_body(text: str | None) -> dict[str, str | None] | None:
    """A read or write code that somebody typed: one word is a code, more is an expression."""
    words = (text or "").strip()
    if not words:
        return None
    permission = Permission(words) if len(words.split()) == 1 and "(" not in words else Permission(None, words)
    return {"Code": permission.code, "Expression": permission.expression}


def _request(method: str, path: str, body: Mapping[str, Any], etag: str = "") -> Request:
    headers = {"content-type": "application/json", **({"if-match": etag} if etag else {})}
    return Request(method, path, headers=headers, body=write_json(body))


def _nested(values: Mapping[str, Any]) -> dict[str, Any]:
    body: dict[str, Any] = {}
    for path, value in values.items():
        group, slash, name = path.partition("/")
        if path in _PERMISSIONS:
            body[path] = permission_body(value)
        elif slash:
            body.setdefault(group, {})[name] = value
        else:
            body[path] = value
    return body


def _problems(answer: Answer) -> list[Problem]:
    error = read_object(answer.body)["error"]
    if error["code"] == "PreconditionFailed":
        return [Problem("Changed", _("Somebody else has changed it in the meantime. Look at it again and repeat it."))]
    if error["code"] == "MissingValue" and not error["details"]:
        return [Problem(error["code"], _("This must be filled in."), error["target"])]
    found = error["details"] or [error]
    return [Problem(one["code"], _message(one), one["target"]) for one in found]


def _message(error: Mapping[str, Any]) -> str:
    return _("This must be filled in.") if error["code"] == "MissingValue" else str(error["message"])


def _key(answer: Answer) -> str:
    return (answer.reference or "").partition("('")[2].partition("')")[0]


def _field(reference: Reference, entity_type: EntityType, one: Input, before: Any) -> forms.Field:
    if one.path in _PERMISSIONS:
        return forms.CharField(
            max_length=4000,
            help_text=_("An access code such as TEK, or an expression such as TEK and (BOR or FORTROLIG)."),
        )
    if "/" in one.path or one.path in _LONG:
        return forms.CharField(widget=forms.Textarea(attrs={"rows": 5}), max_length=100_000)
    if one.path.endswith("_Value") and (choices := _choices(reference, entity_type, one.path, before)) is not None:
        return choice_field(choices)
    return _plain_field(entity_type.properties[one.path])


def _plain_field(prop: Property) -> forms.Field:
    match prop.primitive:
        case Primitive.INT64:
            return forms.IntegerField()
        case Primitive.DECIMAL:
            return forms.DecimalField(localize=True)
        case Primitive.DATE:
            return forms.DateField(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
        case Primitive.BOOLEAN:
            return forms.TypedChoiceField(
                choices=[("", "–"), ("True", _("yes")), ("False", _("no"))],
                coerce=lambda value: value == "True",
                empty_value=None,
            )
        case _:
            length = prop.max_length or ""
            return forms.CharField(max_length=int(length) if length.isdigit() else 2000)


def _choices(reference: Reference, entity_type: EntityType, path: str, before: Any) -> Choices | None:
    """What may be chosen for a coded property: what is usable today, and what it has now."""
    of_path = (one for one in entity_type.navigation.values() if list(one.constraint) == [path] and one.name != "Info")
    navigation = next(of_path, None)
    if navigation is None or reference.model.set_of(navigation.target) not in CODE_SETS:
        return None
    return navigation_choices(reference, navigation, None if before is None else str(before))


def navigation_choices(reference: Reference, navigation: Navigation, keep: str | None) -> Choices:
    """The codes that a navigation property leads to, as choices."""
    today = date.today()  # noqa: DTZ011 - whether a code may be used is decided by the service, in its own zone
    entity_set = reference.model.set_of(navigation.target)
    if entity_set == "FileClasses":
        return group_choices(reference, today, keep)
    kind = reference.model.types[navigation.target].kind
    if kind is not None:
        return code_choices(reference.kinds(entity_set, kind), today, keep)
    return set_choices(reference, entity_set, today, keep)


def _plain(value: Any) -> Any:
    """A value as JSON has it; an empty text is none."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):
        return value.replace("\r\n", "\n").strip() or None
    return value
