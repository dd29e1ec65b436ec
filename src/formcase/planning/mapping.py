"""Reads a form's hidden page: which cases, contacts and document values it names, and what is wrong with the names.

Names become the case system's names, empty groups are left out, and texts stay texts. What the texts mean is found out
by `entries.py` and those who use it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from formcase.planning import errors
from formcase.planning.errors import Near
from formcase.planning.found import Found
from formcase.planning.metadata import Metadata, StructuredType
from formcase.planning.names import Names
from formcase.planning.own_values import is_set_by_case_system
from formcase.submission.model import Field, FieldPath, Group, Page, Step, Submission, paths_of

PAGE: Final = "WZ_ODATA"
CASES: Final = "Files"
CONTACTS: Final = "Contacts"
TEMPLATE: Final = "RecordTemplate"
ROLE: Final = "Role"
CASE_KEYS: Final = ("ID", "UserKey", "FileNo")

# The groups that may stand in each.
IN_CASES: Final = ("Text", "Note", "Dates", "Infos", "AccessCode", "UpdateCode")
IN_CONTACTS: Final = ("Addresses",)
IN_TEMPLATE: Final = ("Text", "Dates", "Infos", "AccessCode", "UpdateCode")

# What only says which kind of thing a group is, and so does not fill it.
KINDS: Final = frozenset(
    {
        "NameType_Value", ROLE, "CustomLabel_Value", "AddressType_Value", "CountryCode_Value", "FileClass_Value",
        "State_Value",
    }
)  # fmt: skip
_KINDS_FOLDED: Final = frozenset(name.casefold() for name in KINDS)


@dataclass(frozen=True, slots=True)
class Answer:
    """A text that somebody gave, and where it stands."""

    path: FieldPath
    text: str


@dataclass(frozen=True, slots=True)
class MappedGroup:
    """A group that is not empty, in the case system's terms. texts: per property its non-empty texts; nested: per
    navigation or complex property its non-empty groups; single: those of them that can stand once only."""

    path: FieldPath
    type: StructuredType
    texts: Mapping[str, tuple[Answer, ...]]
    nested: Mapping[str, tuple["MappedGroup", ...]] = field(default_factory=dict)
    single: frozenset[str] = frozenset()

    def has(self, name: str) -> bool:
        """Whether this property has a text."""
        return name in self.texts

    def paths(self, name: str) -> tuple[FieldPath, ...]:
        """Where the texts of a property stand."""
        return tuple(answer.path for answer in self.texts.get(name, ()))


@dataclass(frozen=True, slots=True)
class MappedContact:
    """A group Contacts. case: which of the mapping's cases it stands in; None where it belongs to every case."""

    group: MappedGroup
    case: int | None = None


@dataclass(frozen=True, slots=True)
class MappingPage:
    """What the page says: cases and contacts in the order of the form, without the empty ones."""

    cases: tuple[MappedGroup, ...] = ()
    contacts: tuple[MappedContact, ...] = ()
    template: MappedGroup | None = None


def read_mapping(submission: Submission, metadata: Metadata, found: Found) -> MappingPage:
    """Read the mapping page of a submission; what is wrong with it goes to `found`."""
    pages = [page for page in submission.pages if page.name == PAGE]
    if not pages:
        alike = (Near(page.name) for page in submission.pages if page.name.strip().casefold() == PAGE.casefold())
        found.add(errors.NoMappingPage(place=found.group(None), near=tuple(alike)))
        return MappingPage()
    page_path = FieldPath((Step(PAGE, 1 if len(pages) > 1 else 0),))
    if len(pages) > 1:
        found.add(errors.SeveralMappingPages(place=found.group(page_path)))
    if not pages[0].hidden:
        found.add(errors.MappingPageShown(place=found.group(page_path)))
    return _Reader(metadata, found).page(pages[0], page_path)


def paths_on_page(submission: Submission) -> Iterator[FieldPath]:
    """The path of everything on the mapping page, in the order of the form."""
    pages = [page for page in submission.pages if page.name == PAGE]
    for page in pages[:1]:
        path = FieldPath((Step(PAGE, 1 if len(pages) > 1 else 0),))
        yield path
        yield from _paths_below(page.items, path)


def _paths_below(items: tuple[Group | Field, ...], above: FieldPath) -> Iterator[FieldPath]:
    for path, item in paths_of(items, above):
        yield path
        if isinstance(item, Group):
            yield from _paths_below(item.items, path)


def groups_of(mapping: MappingPage) -> Iterator[MappedGroup]:
    """Every group that was read, those inside others too."""
    waiting = [*mapping.cases, *(contact.group for contact in mapping.contacts)]
    if mapping.template is not None:
        waiting.append(mapping.template)
    while waiting:
        group = waiting.pop()
        yield group
        waiting.extend(inner for inners in group.nested.values() for inner in inners)


_ON_THE_PAGE: Final = Names((CASES, CONTACTS, TEMPLATE))


@dataclass(frozen=True, slots=True)
class _Frame:
    """What may stand in a group: the fields of a type and these groups; own_keys: those of the case system's own
    values that may be written to say which entity is meant."""

    type: StructuredType
    groups: tuple[str, ...] = ()
    own_keys: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()  # fields that are no properties

    def name(self) -> tuple[str, bool]:
        return (self.type.name, bool(self.extra))


class _Reader:
    """Reads one page."""

    def __init__(self, metadata: Metadata, found: Found) -> None:
        self._metadata = metadata
        self._found = found
        self._names: dict[tuple[str, bool], Names] = {}
        self._contacts: list[MappedContact] = []

    def page(self, page: Page, path: FieldPath) -> MappingPage:
        cases: list[MappedGroup] = []
        templates: list[MappedGroup] = []
        seen = 0
        for item_path, item in paths_of(page.items, path):
            name = _ON_THE_PAGE.find(item.name) if isinstance(item, Group) else None
            if not isinstance(item, Group) or name is None:
                place = self._found.field(item_path) if isinstance(item, Field) else self._found.group(item_path)
                self._found.add(errors.NotOnThePage(place=place, near=self._near(_ON_THE_PAGE, item.name)))
            elif name == CASES:
                seen += 1
                cases.extend(self._case(item, item_path, len(cases)))
            elif name == CONTACTS:
                self._contact(item, item_path, None)
            else:
                templates.extend(self._template(item, item_path))
                if len(templates) > 1:
                    self._found.add(errors.SeveralTemplates(place=self._found.group(item_path)))
        if not cases:
            kind = errors.OnlyEmptyCases if seen else errors.NoCase
            self._found.add(kind(place=self._found.group(path)))
        return MappingPage(tuple(cases), tuple(self._contacts), templates[0] if templates else None)

    def _case(self, group: Group, path: FieldPath, number: int) -> Sequence[MappedGroup]:
        frame = self._frame(CASES, path, (*IN_CASES, CONTACTS), own_keys=CASE_KEYS)
        if frame is None or self._is_empty(group, frame):
            return ()
        return (self._group(group, path, frame, number),)

    def _contact(self, group: Group, path: FieldPath, case: int | None) -> None:
        frame = self._frame(CONTACTS, path, IN_CONTACTS, extra=(ROLE,))
        if frame is not None and not self._is_empty(group, frame):
            self._contacts.append(MappedContact(self._group(group, path, frame), case))

    def _template(self, group: Group, path: FieldPath) -> Sequence[MappedGroup]:
        # Not left out where it only says a kind: its State_Value is meant.
        frame = self._frame("Records", path, IN_TEMPLATE)
        return () if frame is None else (self._group(group, path, frame),)

    def _frame(
        self,
        entity_set: str,
        path: FieldPath,
        groups: tuple[str, ...],
        own_keys: tuple[str, ...] = (),
        extra: tuple[str, ...] = (),
    ) -> _Frame | None:
        entity_type = self._metadata.types.get(self._metadata.entity_sets.get(entity_set, ""))
        if entity_type is None:
            self._found.add(errors.NotServed(place=self._found.group(path), entity_set=entity_set))
            return None
        return _Frame(entity_type, groups, own_keys, extra)

    def _inner_frame(self, frame: _Frame, name: str) -> _Frame | None:
        """What may stand in a group inside; None where the case system knows no such group."""
        if name == CONTACTS and CONTACTS in frame.groups:
            contact = self._metadata.types.get(self._metadata.entity_sets.get(CONTACTS, ""))
            return None if contact is None else _Frame(contact, IN_CONTACTS, extra=(ROLE,))
        inner = frame.type.navigation.get(name)
        kept_in = frame.type.properties.get(name)
        type_name = inner.target if inner is not None else kept_in.type if kept_in is not None else ""
        inner_type = self._metadata.types.get(type_name)
        return None if inner_type is None else _Frame(inner_type)

    def _is_empty(self, group: Group, frame: _Frame | None) -> bool:
        return all(
            self._field_is_empty(item, frame) if isinstance(item, Field) else self._group_is_empty(item, frame)
            for item in group.items
        )

    def _field_is_empty(self, field_: Field, frame: _Frame | None) -> bool:
        if not field_.value.strip():
            return True
        name = None if frame is None else self._field_names(frame).find(field_.name)
        return name in KINDS if name is not None else field_.name.strip().casefold() in _KINDS_FOLDED

    def _group_is_empty(self, group: Group, frame: _Frame | None) -> bool:
        name = None if frame is None else Names(frame.groups).find(group.name)
        return self._is_empty(group, None if frame is None or name is None else self._inner_frame(frame, name))

    def _group(self, group: Group, path: FieldPath, frame: _Frame, case: int | None = None) -> MappedGroup:
        texts: dict[str, list[Answer]] = {}
        nested: dict[str, list[MappedGroup]] = {}
        single: set[str] = set()
        for item_path, item in paths_of(group.items, path):
            if isinstance(item, Field):
                name = self._field_name(item, item_path, frame)
                if name is not None and item.value.strip():
                    texts.setdefault(name, []).append(Answer(item_path, item.value))
                continue
            name = self._group_name(item, item_path, frame)
            inner = None if name is None else self._inner_frame(frame, name)
            if name is None or inner is None or self._is_empty(item, inner):
                continue
            if name == CONTACTS and CONTACTS in frame.groups:
                self._contact(item, item_path, case)
                continue
            self._take_in(name, self._group(item, item_path, inner), frame, nested, single)
        return MappedGroup(
            path,
            frame.type,
            {name: tuple(answers) for name, answers in texts.items()},
            {name: tuple(groups) for name, groups in nested.items()},
            frozenset(single),
        )

    def _take_in(
        self, name: str, inner: MappedGroup, frame: _Frame, nested: dict[str, list[MappedGroup]], single: set[str]
    ) -> None:
        navigation = frame.type.navigation.get(name)
        if navigation is None or not navigation.collection:
            single.add(name)
            if name in nested:
                self._found.add(errors.RepeatedGroup(place=self._found.group(inner.path, frame.type.name)))
                return
        nested.setdefault(name, []).append(inner)

    def _field_name(self, field_: Field, path: FieldPath, frame: _Frame) -> str | None:
        """The property that a field means; None, and an error, where it means none that a form may set."""
        place = self._found.field(path, frame.type.name)
        written = field_.name.strip()
        names = self._field_names(frame)
        name = names.find(written)
        if (name or written).endswith("_Summary") or (name or written) == "Summary":
            self._found.add(errors.SummaryWritten(place=place, name=name or written))
        elif name is None and (group := Names(frame.groups).find(written)) is not None:
            self._found.add(errors.NotAField(place=place, name=group, parts=self._parts(frame, group)))
        elif name is None:
            self._found.add(errors.UnknownName(place=place, name=written, near=self._near(names, written)))
        elif is_set_by_case_system(name) and name not in frame.own_keys:
            self._found.add(errors.SetByCaseSystem(place=place, name=name))
        elif name not in frame.extra and not frame.type.properties[name].type.startswith("Edm."):
            self._found.add(errors.NotAField(place=place, name=name, parts=self._parts(frame, name)))
        else:
            return name
        return None

    def _group_name(self, group: Group, path: FieldPath, frame: _Frame) -> str | None:
        """The navigation or complex property that a group means; None, and an error, where it means none."""
        place = self._found.group(path, frame.type.name)
        written = group.name.strip()
        name = Names(frame.groups).find(written)
        if name is not None and self._inner_frame(frame, name) is not None:
            return name
        property_name = self._field_names(frame).find(written)
        property_ = frame.type.properties.get(property_name or "")
        if name is not None:
            self._found.add(errors.UnknownName(place=place, name=name))
        elif property_ is not None and property_.type.startswith("Edm."):
            self._found.add(errors.NotAGroup(place=place, name=property_.name))
        else:
            near = self._near(Names(frame.groups), written)
            self._found.add(errors.GroupNotAllowed(place=place, name=written, allowed=frame.groups, near=near))
        return None

    def _field_names(self, frame: _Frame) -> Names:
        name = frame.name()
        if name not in self._names:
            self._names[name] = Names((*frame.type.properties, *frame.extra))
        return self._names[name]

    def _parts(self, frame: _Frame, group: str) -> tuple[str, ...]:
        inner = self._inner_frame(frame, group)
        names = () if inner is None else inner.type.properties
        return tuple(name for name in names if not is_set_by_case_system(name) and not name.endswith("_Summary"))[:6]

    def _near(self, names: Names, wanted: str) -> tuple[Near, ...]:
        return self._found.near(lambda: (Near(name) for name in names.near(wanted)))
