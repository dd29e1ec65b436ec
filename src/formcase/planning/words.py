"""What the things of a case system are called, for people."""

from formcase.messages import Message, message
from formcase.planning.knowledge import CodeTableKey

PARTY_ROLES = CodeTableKey("CustomLabels", "SP")


def no_such_code(table: CodeTableKey, code: str) -> Message:
    """`there is no case group 99.99.`"""
    sentence = _BY_TABLE.get(table) or _BY_SET.get(table.entity_set) or message("there is no code {code}.")
    if table.entity_set == "Postcodes" and table.type is not None:
        sentence = message("there is no postcode {code} in the country {country}.")
    return Message(
        sentence.template, {"code": code, "country": table.type or "", "domain": table.type or ""}, frozenset({"code"})
    )


def names_code_of_set_up(template: str) -> bool:
    """Whether this sentence says that a code is missing which those who set up the case system would add; not one that
    people type."""
    return template in _OF_SET_UP


_BY_TABLE = {
    CodeTableKey("CustomDomains", "SAGTILST"): message("there is no case state {code}."),
    CodeTableKey("CustomDomains", "AKTTILST"): message("there is no document state {code}."),
    CodeTableKey("CustomDomains", "NVNTILST"): message("there is no contact state {code}."),
    CodeTableKey("CustomDomains", "AT"): message("there is no document type {code}."),
    CodeTableKey("CustomDomains", "AD"): message("there is no address type {code}."),
    PARTY_ROLES: message("there is no party role {code}."),
    CodeTableKey("CustomLabels", "SD"): message("there is no date label {code} for cases."),
    CodeTableKey("CustomLabels", "SO"): message("there is no information label {code} for cases."),
    CodeTableKey("CustomLabels", "AD"): message("there is no date label {code} for documents."),
    CodeTableKey("CustomLabels", "AO"): message("there is no information label {code} for documents."),
}

_BY_SET = {
    "FileClasses": message("there is no case group {code}."),
    "ContactTypes": message("there is no contact type {code}."),
    "AccessCodeDomains": message("there is no access code {code}."),
    "OuDomains": message("there is no organisational unit {code}."),
    "EmployeeDomains": message("there is no employee {code}."),
    "Users": message("there is no user {code}."),
    "Postcodes": message("there is no postcode {code}."),
    "Countries": message("there is no country {code}."),
    "CustomDomains": message("there is no code {code} in the list {domain}."),
    "CustomLabels": message("there is no label {code} of the type {domain}."),
}

_TYPED_BY_PEOPLE = {"Postcodes", "Countries"}
_OF_SET_UP = frozenset(
    sentence.template
    for sentence in (
        *_BY_TABLE.values(),
        *(sentence for name, sentence in _BY_SET.items() if name not in _TYPED_BY_PEOPLE),
    )
)
