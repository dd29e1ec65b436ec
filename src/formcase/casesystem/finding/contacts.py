"""Finding contacts."""

import re

from psycopg import sql

from formcase.casesystem.finding.listing import Condition, Listing
from formcase.casesystem.finding.searching import Search, Way, by_own_words
from formcase.casesystem.finding.words import holds_words
from formcase.casesystem.sql_rows import Row, seen

_NUMBER = re.compile(r"[\d\s-]+")

CONTACTS = Listing(
    "Contacts",
    {
        "name": "casesystem_danish_order({row}.name1)",
        "type": "{row}.name_type",
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


def with_words(text: str) -> Search:
    """Contacts that a search finds: by name, code or note, or by what is seen of their addresses."""
    return Search(
        text,
        lambda row, words: (by_own_words(row, words), _by_address(row, words), _by_code(row, text.strip())),
    )


def _by_address(row: Row, words: tuple[str, ...]) -> Way:
    address = row.scope.row("WorkZone.Address")
    held = holds_words(address, words)
    return Way(
        address.exists(
            sql.SQL("{of} = {contact} and {held}").format(
                of=address.column("contact_id"), contact=row.column("key"), held=held
            )
        ),
        sql.SQL("select {contact} from {source} where {held} and {seen}").format(
            contact=address.column("contact_id"), source=address.source, held=held, seen=seen(address)
        ),
        sql.SQL("select from {source} where {held}").format(source=address.source, held=held),
    )


def _by_code(row: Row, text: str) -> Way:
    """A person's number is found however its digits are set apart."""
    digits = re.sub(r"\D", "", text) if _NUMBER.fullmatch(text) else text
    ways = [text, digits, f"{digits[:6]}-{digits[6:]}"]
    test = sql.SQL("{code} = any({ways})").format(code=row.column("name_code"), ways=sql.Literal(ways))
    return Way(test, None, sql.SQL("select from {source} where {test}").format(source=row.source, test=test))
