"""Finding contacts."""

import re

from psycopg import sql

from formcase.casesystem.finding.cases import CONTACT_WORDS
from formcase.casesystem.finding.listing import Condition, Listing
from formcase.casesystem.finding.searching import by_own_text, search
from formcase.casesystem.finding.words import holds_words
from formcase.casesystem.sql_rows import Row, seen

# As the index `casesystem_address_words` has it.
_ADDRESS_WORDS = (
    "coalesce({row}.extra ->> 'Address1', '') || ' ' || coalesce({row}.postcode, '') || ' '"
    " || coalesce({row}.extra ->> 'Email', '') || ' ' || coalesce({row}.extra ->> 'PhoneNo', '') || ' '"
    " || coalesce({row}.extra ->> 'CellPhoneNo', '')"
)
_NUMBER = re.compile(r"[\d\s-]+")

CONTACTS = Listing(
    "Contacts",
    {
        "name": "casesystem_danish_order({row}.name1)",
        "updated": "{row}.updated",
        "created": "{row}.key",
    },
    sort="name",
    descending=False,
    shown=frozenset({"Name1", "NameType_Value", "NameCode", "State_Summary", "Updated"}),
)


def of_type(value: str) -> Condition:
    """Contacts of a contact type."""

    def condition(row: Row) -> sql.Composable:
        return sql.SQL("{type} = {value}").format(type=row.column("name_type"), value=sql.Literal(value))

    return condition


def with_words(text: str) -> Condition:
    """Contacts that a search finds: by name, code or note, or by what is seen of their addresses."""
    return search(
        text,
        lambda row, words: (
            by_own_text(row, words, CONTACT_WORDS),
            _by_address(row, words),
            _by_code(row, text.strip()),
        ),
    )


def _by_address(row: Row, words: tuple[str, ...]) -> sql.Composable:
    address = row.scope.row("WorkZone.Address")
    return sql.SQL("select {contact} from {source} where {words} and {seen}").format(
        contact=address.column("contact_id"),
        source=address.source,
        words=holds_words(address.template(_ADDRESS_WORDS), words),
        seen=seen(address),
    )


def _by_code(row: Row, text: str) -> sql.Composable:
    """A person's number is found however its digits are set apart."""
    digits = re.sub(r"\D", "", text) if _NUMBER.fullmatch(text) else text
    ways = [text, digits, f"{digits[:6]}-{digits[6:]}"]
    there = row.scope.row(row.type.name)
    return sql.SQL("select {key} from {source} where {code} = any({ways})").format(
        key=there.column("key"), source=there.source, code=there.column("name_code"), ways=sql.Literal(ways)
    )
