"""What must be asked of the case system before a submission can be planned: codes, contacts, cases."""

from collections.abc import Iterator, Mapping

from formcase.planning.cases import questions_of
from formcase.planning.codes import ACCESS_CODES, CONTACT_TYPES, codes_in, table_of
from formcase.planning.contacts import question_of
from formcase.planning.entries import country_of, text_of
from formcase.planning.found import Found
from formcase.planning.knowledge import CodeTableKey, ContactType, Questions, Rules
from formcase.planning.mapping import ROLE, MappedGroup, MappingPage, groups_of, read_mapping
from formcase.planning.metadata import Metadata
from formcase.planning.words import PARTY_ROLES
from formcase.submission.model import Submission


def questions(
    submission: Submission, metadata: Metadata, contact_types: Mapping[str, ContactType], rules: Rules
) -> Questions:
    """Everything that must be asked. A mapping with errors is asked about as far as it can be read."""
    mapping = read_mapping(submission, metadata, Found(submission.form_id, submission.form_version))
    codes = frozenset(_codes(mapping, metadata))
    return Questions(
        code_tables=frozenset(key for key, _ in codes),
        codes=codes,
        contacts=frozenset(
            question
            for contact in mapping.contacts
            if (question := question_of(contact.group, contact_types)) is not None
        ),
        cases=frozenset(question for group in mapping.cases for question in questions_of(group)),
    )


def _codes(mapping: MappingPage, metadata: Metadata) -> Iterator[tuple[CodeTableKey, str]]:
    for group in groups_of(mapping):
        for _, key, code in codes_of(group, metadata):
            yield key, code
    for contact in mapping.contacts:
        if (role := text_of(contact.group, ROLE)) and PARTY_ROLES.entity_set in metadata.entity_sets:
            yield PARTY_ROLES, role
        if name_type := text_of(contact.group, "NameType_Value"):
            yield CONTACT_TYPES, name_type


def codes_of(group: MappedGroup, metadata: Metadata) -> Iterator[tuple[str, CodeTableKey, str]]:
    """The codes in one group: the property, the table that the code must be in, and the code."""
    for name in group.texts:
        key = table_of(metadata, group.type, name, country_of(group))
        if key is not None:
            yield name, key, text_of(group, name)
        if name == "Expression" and ACCESS_CODES.entity_set in metadata.entity_sets:
            for code in codes_in(text_of(group, name)):
                yield name, ACCESS_CODES, code
