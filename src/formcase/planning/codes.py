"""Which code table a property's values must be in, and which codes of it look like a wrong one."""

import re
from typing import Final

from formcase.planning.errors import Near
from formcase.planning.knowledge import CodeTable, CodeTableKey
from formcase.planning.metadata import Metadata, NavigationProperty, StructuredType
from formcase.planning.names import most_like

ACCESS_CODES: Final = CodeTableKey("AccessCodeDomains")
CASE_GROUPS: Final = CodeTableKey("FileClasses")
CONTACT_TYPES: Final = CodeTableKey("ContactTypes")
COUNTRIES: Final = CodeTableKey("Countries")
POSTCODES: Final = "Postcodes"
_TYPED: Final = {"CustomDomain": "CustomDomains", "CustomLabel": "CustomLabels"}
_TABLES: Final = frozenset(
    {
        "FileClasses", "OuDomains", "EmployeeDomains", "Users", "ContactTypes", "AccessCodeDomains", POSTCODES,
        "Countries",
    }
)  # fmt: skip
_NEAR: Final = 4
_WORD: Final = re.compile(r"[^\s()]+")


def table_of(
    metadata: Metadata, entity_type: StructuredType, name: str, country: str | None = None
) -> CodeTableKey | None:
    """The code table of a property; None where its values are no codes or the case system serves no table of them.
    country: the one that stands beside a postcode."""
    if not name.endswith("_Value") and name != "Code":
        return None
    for navigation in entity_type.navigation.values():
        if navigation.constraint.get(name) in {"ID", "Value"}:
            key = _key(metadata, navigation, country)
            if key is not None:
                return key
    return None


def _key(metadata: Metadata, navigation: NavigationProperty, country: str | None) -> CodeTableKey | None:
    target = navigation.target.rpartition(".")[2]
    for stem, entity_set in _TYPED.items():
        if target.startswith(stem) and entity_set in metadata.entity_sets:
            # A navigation to the bare type leaves open which domain it is: the value is free text here.
            domain = target.removeprefix(stem).replace("Dash", "-").replace("Dollar", "$")
            return CodeTableKey(entity_set, domain) if domain else None
    entity_set = navigation.entity_set or _set_of(metadata, navigation.target)
    if entity_set not in _TABLES or entity_set not in metadata.entity_sets:
        return None
    return CodeTableKey(entity_set, country) if entity_set == POSTCODES else CodeTableKey(entity_set)


def _set_of(metadata: Metadata, type_name: str) -> str:
    # A navigation of a complex type is not bound everywhere, and its target lives in one set only.
    return next((name for name, held in metadata.entity_sets.items() if held == type_name), "")


def codes_in(expression: str) -> tuple[str, ...]:
    """The access codes that an expression `A and (B or C)` names."""
    return tuple(word for word in _WORD.findall(expression) if word.casefold() not in {"and", "or", "not"})


def near_codes(code: str, table: CodeTable) -> tuple[Near, ...]:
    """Codes that may have been meant, by the code or by its text; some in any case, as long as the table has any."""
    wanted = code.strip().casefold()
    by_text = [known for known, text in table.codes.items() if text.casefold() == wanted]
    by_code = most_like(code, tuple(table.codes), _NEAR)
    return tuple(Near(known, table.codes[known]) for known in dict.fromkeys((*by_text, *by_code)))[:_NEAR]
