"""What can be wrong with a mapping, as data: where it stands, what stands there, and what would be right.

A page, a log line, an error case and a test each use the part that they need. Each error makes its own sentence; what a
person wrote in the form stands in hidden parameters of it.
"""

from abc import abstractmethod
from dataclasses import dataclass, field

from formcase.messages import NOTHING, Message, message, together
from formcase.planning.knowledge import CodeTableKey
from formcase.planning.words import no_such_code
from formcase.submission.model import FieldPath, Step

SHOWN = 200  # so many characters of a value are shown


@dataclass(frozen=True, slots=True)
class Near:
    """A name or code that may have been meant; a code with its text."""

    name: str
    text: str = ""

    def __str__(self) -> str:
        return f"{self.name} ({self.text})" if self.text else self.name


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a form. path: None where the form as a whole is meant; is_field: whether the path ends on a field, not
    on a group or page; entity: the case system's type that the place is mapped to, empty where it is none. sources:
    where a workflow's own mapping has made the page that the path leads along, the form's fields or groups that it has
    made this of; none where the mapping alone says it."""

    form_id: str
    form_version: int
    path: FieldPath | None = None
    is_field: bool = False
    entity: str = ""
    sources: tuple[FieldPath, ...] | None = None

    def subject(self) -> str:
        """`Files.FileClass_Value`; the page's name where the page itself is meant."""
        if self.path is None:
            return ""
        inside = [step.name for step in self.path.steps[1:]]
        return ".".join(inside) or self.path.steps[0].name

    def message(self) -> Message:
        """`From page WZ_ODATA, group Files, field FileClass_Value of form 800636 version 4.`"""
        if self.sources is not None:
            return self._by_mapping(self.sources)
        if self.path is None:
            return message("From form {form} version {version}.", form=self.form_id, version=self.form_version)
        return message(
            "From {steps} of form {form} version {version}.",
            steps=self._steps(self.path),
            form=self.form_id,
            version=self.form_version,
        )

    def _by_mapping(self, sources: tuple[FieldPath, ...]) -> Message:
        inside = "" if self.path is None else "/".join(map(str, self.path.steps[1:]))
        if not sources:
            if not inside:
                return message("From the workflow's own mapping.")
            return message("From {path} of the workflow's own mapping.", path=inside)
        return message(
            "From {steps} of form {form} version {version}, by the workflow's own mapping.",
            steps=together([self._steps(path) for path in sources], "; "),
            form=self.form_id,
            version=self.form_version,
        )

    def _steps(self, path: FieldPath) -> Message:
        last = len(path.steps) - 1
        return together([self._step(index, step, index == last) for index, step in enumerate(path.steps)], ", ")

    def _step(self, index: int, step: Step, is_last: bool) -> Message:
        if index == 0:
            return message("page {name}", name=str(step))
        if self.is_field and is_last:
            return message("field {name}", name=str(step))
        return message("group {name}", name=str(step))


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanError:
    """One thing that is wrong. value: what stands there. expected: what would be right, where a few words can say it.
    near: what may have been meant."""

    place: Place
    value: str | None = None
    expected: Message | None = field(default=None, compare=False)
    near: tuple[Near, ...] = field(default=(), compare=False)

    @property
    def path(self) -> FieldPath | None:
        """Where it stands in the form; None where it stands nowhere there."""
        if self.place.sources is None:
            return self.place.path
        return self.place.sources[0] if self.place.sources else None

    @abstractmethod
    def what(self) -> Message:
        """What is wrong, in one sentence."""

    def message(self) -> Message:
        """Where, what, what would be right, and from which form."""
        what = self.what()
        if subject := self.place.subject():
            what = message("{subject}: {what}", subject=subject, what=what)
        parts = [what]
        if self.near:
            parts.append(message("Near: {near}.", near=", ".join(map(str, self.near))))
        parts.append(self.place.message())
        return together(parts, " ")

    def shown(self) -> str:
        """The value as it is shown: its first characters."""
        value = self.value or ""
        return value if len(value) <= SHOWN else f"{value[:SHOWN]}…"


class PlanningFailed(Exception):
    """The submission can't be filed as its mapping says. errors: all that is wrong with it, in the form's order."""

    def __init__(self, errors: tuple[PlanError, ...]) -> None:
        super().__init__(errors)
        self.errors = errors

    def message(self) -> Message:
        """All of it, a line for each."""
        return together([error.message() for error in self.errors])

    def __str__(self) -> str:
        return self.message().discreet()


# The page and what stands on it


class NoMappingPage(PlanError):
    def what(self) -> Message:
        return message("the form has no page named WZ_ODATA, so nothing says how it is to be filed.")


class SeveralMappingPages(PlanError):
    def what(self) -> Message:
        return message("the form has several pages named WZ_ODATA; there must be one.")


class MappingPageShown(PlanError):
    def what(self) -> Message:
        return message("the page WZ_ODATA is shown to the person who fills in the form; it must be hidden.")


class NotOnThePage(PlanError):
    def what(self) -> Message:
        return message("only the groups Files, Contacts and RecordTemplate may stand on this page.")


class NoCase(PlanError):
    def what(self) -> Message:
        return message("there is no group Files, so no case is said.")


class OnlyEmptyCases(PlanError):
    def what(self) -> Message:
        return message("every group Files is empty, so no case is said.")


class SeveralTemplates(PlanError):
    def what(self) -> Message:
        return message("there are several groups RecordTemplate; there may be one.")


@dataclass(frozen=True, slots=True, kw_only=True)
class TooMuch(PlanError):
    """More would be written than one change set can take."""

    count: int
    most: int

    def what(self) -> Message:
        return message(
            "this would make {count} documents; at most {most} are possible.", count=self.count, most=self.most
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class NotServed(PlanError):
    """The case system has no such entities at all."""

    entity_set: str

    def what(self) -> Message:
        return message("the case system has no {set}.", set=self.entity_set)


class MappingMakesTooMuch(PlanError):
    def what(self) -> Message:
        return message("the workflow's own mapping makes more of this submission than can be filed.")


# Names


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownName(PlanError):
    name: str

    def what(self) -> Message:
        return message("the case system knows no {name} here.", name=self.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupNotAllowed(PlanError):
    name: str
    allowed: tuple[str, ...]

    def what(self) -> Message:
        if not self.allowed:
            return message("no group may stand in this group.")
        names = ", ".join(self.allowed)
        return message("the group {name} may not stand here; only {allowed} may.", name=self.name, allowed=names)


@dataclass(frozen=True, slots=True, kw_only=True)
class NotAField(PlanError):
    name: str
    parts: tuple[str, ...]

    def what(self) -> Message:
        return message(
            "{name} must be a group with fields in it ({parts}), not a field.",
            name=self.name,
            parts=", ".join(self.parts) or "-",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class NotAGroup(PlanError):
    name: str

    def what(self) -> Message:
        return message("{name} must be a field, not a group.", name=self.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryWritten(PlanError):
    name: str

    def what(self) -> Message:
        return message(
            "{name} is made by the case system itself; the code belongs in {value}.",
            name=self.name,
            value=f"{self.name.removesuffix('Summary').removesuffix('_')}_Value",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SetByCaseSystem(PlanError):
    name: str

    def what(self) -> Message:
        return message("{name} is set by the case system itself; a form can't set it.", name=self.name)


class ReferenceLabel(PlanError):
    def what(self) -> Message:
        return message(
            "the label {label} belongs to the reference ID, which is always written; a form can't use it.",
            label=self.shown(),
        )


class RepeatedGroup(PlanError):
    def what(self) -> Message:
        return message("this group may stand only once here, and another one stands before it.")


# Values


@dataclass(frozen=True, slots=True, kw_only=True)
class WrongType(PlanError):
    property: str
    type: str

    def what(self) -> Message:
        return message(
            "“{value}” does not fit {type}; expected is {expected}.",
            hidden=("value",),
            value=self.shown(),
            type=self.type,
            expected=self.expected or NOTHING,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SeveralValues(PlanError):
    property: str
    type: str

    def what(self) -> Message:
        return message(
            "several fields have a value, and {type} can hold only one: {value}.",
            hidden=("value",),
            type=self.type,
            value=self.shown(),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class TooLong(PlanError):
    property: str
    length: int
    most: int

    def what(self) -> Message:
        return message("the value has {length} characters; {most} are possible.", length=self.length, most=self.most)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownCode(PlanError):
    property: str
    table: CodeTableKey

    def what(self) -> Message:
        return no_such_code(self.table, self.shown())


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingMandatory(PlanError):
    property: str

    def what(self) -> Message:
        return message("the field {name} is missing or empty; it must have a value.", name=self.property)


class NotInConversion(PlanError):
    def what(self) -> Message:
        return message(
            "“{value}” is not in the conversion table of the workflow's own mapping.",
            hidden=("value",),
            value=self.shown(),
        )


# Cases


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseNotFound(PlanError):
    property: str

    def what(self) -> Message:
        return message(
            "there is no case {value} that the executing user can see, so it can't be updated.",
            hidden=("value",),
            value=self.shown(),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseAmbiguous(PlanError):
    property: str
    numbers: tuple[str, ...]

    def what(self) -> Message:
        return message(
            "{value} means more than one case: {numbers}.",
            hidden=("value", "numbers"),
            value=self.shown(),
            numbers=", ".join(self.numbers),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class KeysDisagree(PlanError):
    numbers: tuple[str, ...]

    def what(self) -> Message:
        return message(
            "the keys in this group mean different cases: {numbers}.",
            hidden=("numbers",),
            numbers=", ".join(self.numbers),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Contradiction(PlanError):
    property: str
    other: FieldPath

    def what(self) -> Message:
        return message(
            "the case gets another value for {name} from {other}; it can have only one.",
            name=self.property,
            other=str(self.other),
        )


# Contacts


class ContactCodeMissing(PlanError):
    def what(self) -> Message:
        return message(
            "the field NameCode is missing or empty, and contacts of the type {type} don't number themselves.",
            type=self.shown(),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactAmbiguous(PlanError):
    """found: ID and name of each that the executing user may see; unseen: how many more there are."""

    found: tuple[tuple[str, str], ...]
    unseen: int = 0

    def what(self) -> Message:
        listed = "; ".join(f"{contact_id} {name}".strip() for contact_id, name in self.found)
        if self.unseen:
            return message(
                "more than one contact has this type and code: {found}, and {unseen} not for the executing user.",
                hidden=("found",),
                found=listed or "-",
                unseen=self.unseen,
            )
        return message("more than one contact has this type and code: {found}.", hidden=("found",), found=listed)


class ContactUnseen(PlanError):
    def what(self) -> Message:
        return message("the contact exists, and the executing user may not see it.")
