"""Which contacts a mapping means, which of them must be made, and with which addresses.

A contact is looked up and never changed; what the form says of one that exists is left aside, and not checked.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from formcase.planning import errors
from formcase.planning.codes import CONTACT_TYPES
from formcase.planning.entries import Entries, text_of
from formcase.planning.knowledge import ContactQuestion, ContactType, KnownContact
from formcase.planning.mapping import ROLE, MappedContact, MappedGroup
from formcase.planning.names import Names
from formcase.planning.plan import CreateAddress, CreateContact, Entry, Existing, Planned, Reference
from formcase.planning.words import PARTY_ROLES
from formcase.submission.model import FieldPath

DEFAULT_ROLE: Final = "Sagspart"
_CHECKED: Final = frozenset({"CPR", "CVR"})
_NOISE: Final = re.compile("[\\s\u00ad\u2010\u2011-]+")


@dataclass(frozen=True, slots=True)
class Person:
    """A contact as the plan refers to it. address: None where it has none yet."""

    reference: Reference
    address: Reference | None


@dataclass(frozen=True, slots=True)
class Membership:
    """One group Contacts: who it means, in which role, for which case (None: for every case)."""

    person: Person
    role: str
    case: int | None
    origins: tuple[FieldPath, ...]
    role_origins: tuple[FieldPath, ...] = ()


@dataclass(slots=True)
class Contacts:
    """The contacts of a plan."""

    entries: Entries
    operations: list[CreateContact | CreateAddress] = field(default_factory=list)
    _numbers: dict[str, int] = field(default_factory=dict)

    def plan(self, mapped: tuple[MappedContact, ...]) -> tuple[Membership, ...]:
        """Plan all contacts, those that must be made in the order of the form."""
        same = _same_contacts(mapped, self.entries.knowledge.contact_types)
        persons = {identity: self._person(identity, groups) for identity, groups in same.items()}
        memberships = []
        for number, contact in enumerate(mapped):
            role = self._role(contact.group)
            person = persons[_identity(number, contact.group, self.entries.knowledge.contact_types)]
            if role is not None and person is not None:
                origins, role_origins = _origins(contact.group), contact.group.paths(ROLE)
                memberships.append(Membership(person, role, contact.case, origins, role_origins))
        return tuple(memberships)

    def address_of(self, person: Person) -> Reference:
        """The address that a party takes; an empty one is made where there is none."""
        if person.address is not None:
            return person.address
        for operation in self.operations:
            if isinstance(operation, CreateAddress) and operation.contact == person.reference:
                return Planned(operation.key)
        return self._add_address(person.reference, Entry())

    def _person(self, identity: "_Identity", groups: tuple[MappedGroup, ...]) -> Person | None:
        first = groups[0]
        if not self._type_and_code_stand(first):
            self.entries.entry(first, without=(ROLE,))  # for what else is wrong in it
            return None
        if not isinstance(identity, ContactQuestion):
            return self._made(groups, None)
        known = self.entries.knowledge.contacts[identity]
        if not known:
            return self._made(groups, identity.name_code)
        return self._known(first, known)

    def _type_and_code_stand(self, group: MappedGroup) -> bool:
        found, contact_types = self.entries.found, self.entries.knowledge.contact_types
        name_type = text_of(group, "NameType_Value")
        if not name_type:
            place = found.group(group.path, group.type.name)
            found.add(errors.MissingMandatory(place=place, property="NameType_Value"))
            return False
        place = found.field(group.paths("NameType_Value")[0], group.type.name)
        if not self.entries.code(place, "NameType_Value", CONTACT_TYPES, name_type):
            return False
        contact_type = contact_types.get(name_type)
        numbers_itself = contact_type is not None and contact_type.numbers_itself
        if numbers_itself or question_of(group, contact_types) is not None:
            return True
        found.add(errors.ContactCodeMissing(place=found.group(group.path, group.type.name), value=name_type))
        return False

    def _known(self, group: MappedGroup, known: tuple[KnownContact, ...]) -> Person | None:
        found = self.entries.found
        paths = group.paths("NameCode")
        place = found.field(paths[0], group.type.name) if paths else found.group(group.path, group.type.name)
        if len(known) > 1:
            seen = tuple((contact.id, contact.name) for contact in known if contact.visible)
            found.add(errors.ContactAmbiguous(place=place, found=seen, unseen=len(known) - len(seen)))
            return None
        contact = known[0]
        if not contact.visible:
            found.add(errors.ContactUnseen(place=place))
            return None
        address = None if contact.address is None else Existing(contact.address)
        return Person(Existing(contact.id, contact.name), address)

    def _made(self, groups: tuple[MappedGroup, ...], name_code: str | None) -> Person | None:
        found = self.entries.found
        group = next((each for each in groups if each.has("Name1")), None)
        if group is None:
            place = found.group(groups[0].path, groups[0].type.name)
            found.add(errors.MissingMandatory(place=place, property="Name1"))
            self.entries.entry(groups[0], without=(ROLE,))
            return None
        entry = self.entries.entry(group, without=(ROLE, "Addresses"))
        if name_code is not None:
            entry = Entry({**entry.values, "NameCode": name_code}, entry.nested, entry.origins)
        contact = Planned(self._name("contact"))
        self.operations.append(CreateContact(contact.key, entry))
        addresses = [self.entries.entry(address) for address in group.nested.get("Addresses", ())]
        references = [self._add_address(contact, address) for address in addresses or [Entry()]]
        return Person(contact, references[0])

    def _add_address(self, contact: Reference, entry: Entry) -> Planned:
        address = Planned(self._name("address"))
        self.operations.append(CreateAddress(address.key, contact, entry))
        return address

    def _role(self, group: MappedGroup) -> str | None:
        """The role's code; None, and an error, where there is none such."""
        role = text_of(group, ROLE)
        if not role:
            return DEFAULT_ROLE
        table = self.entries.table(PARTY_ROLES)
        known = None if table is None else Names(table.codes).find(role)
        if table is None or known is not None:
            return known or role
        place = self.entries.found.field(group.paths(ROLE)[0], group.type.name)
        self.entries.code(place, ROLE, PARTY_ROLES, role)
        return None

    def _name(self, kind: str) -> str:
        self._numbers[kind] = self._numbers.get(kind, 0) + 1
        return f"{kind}-{self._numbers[kind]}"


def question_of(group: MappedGroup, contact_types: Mapping[str, ContactType]) -> ContactQuestion | None:
    """What must be asked to know whether this contact exists; None where it has no code or no known type."""
    name_type = text_of(group, "NameType_Value")
    contact_type = contact_types.get(name_type)
    if contact_type is None and contact_types:
        return None
    code = text_of(group, "NameCode")
    if contact_type is not None and contact_type.check in _CHECKED:
        code = plain_code(code)
    return ContactQuestion(name_type, code) if name_type and code else None


def plain_code(code: str) -> str:
    """A CPR or CVR number as it is kept: no blanks, no hyphens, no country in front."""
    code = _NOISE.sub("", code)
    return code[2:] if code[:2].casefold() == "dk" else code


_Identity = ContactQuestion | int


def _identity(number: int, group: MappedGroup, contact_types: Mapping[str, ContactType]) -> _Identity:
    """Groups of the same type and code are one contact; one without a code is nobody else."""
    return question_of(group, contact_types) or number


def _same_contacts(
    mapped: tuple[MappedContact, ...], contact_types: Mapping[str, ContactType]
) -> dict[_Identity, tuple[MappedGroup, ...]]:
    same: dict[_Identity, list[MappedGroup]] = {}
    for number, contact in enumerate(mapped):
        same.setdefault(_identity(number, contact.group, contact_types), []).append(contact.group)
    return {identity: tuple(groups) for identity, groups in same.items()}


def _origins(group: MappedGroup) -> tuple[FieldPath, ...]:
    return (*(group.paths("NameCode") or (group.path,)), *group.paths(ROLE))
