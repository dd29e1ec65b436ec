"""Finding cases."""

from collections.abc import Iterable, Iterator, Sequence

from psycopg import sql

from formcase.casesystem.finding.listing import Condition, Listing
from formcase.casesystem.finding.searching import Search, Way, by_own_words
from formcase.casesystem.finding.words import holds_words
from formcase.casesystem.reference import Reference
from formcase.casesystem.sql_rows import Row, Scope, fetch, seen

ERROR_CASES = "#ErrorCases"

CASES = Listing(
    "Files",
    {
        "number": "{row}.number",
        "title": "casesystem_danish_order({row}.title)",
        "group": "{row}.case_group",
        "state": "(case when {row}.closed is null then '0' else '1' end || coalesce({row}.state, ''))",
        "handler": "coalesce({row}.officer, '')",
        "updated": "{row}.updated",
        "created": "{row}.key",
    },
    sort="updated",
    shown=frozenset(
        {
            "FileNo",
            "Title",
            "FileClass_Value",
            "FileClass_Summary",
            "State_Summary",
            "Officer_Value",
            "Officer_Summary",
            "ResponsibleOu_Summary",
            "Closed",
            "UpdateTime",
        }
    ),
)


def is_open(row: Row) -> sql.Composable:
    """Cases without a closing date."""
    return sql.SQL("{closed} is null").format(closed=row.column("closed"))


def is_closed(row: Row) -> sql.Composable:
    """Cases with a closing date."""
    return sql.SQL("{closed} is not null").format(closed=row.column("closed"))


def handled_by(user: str) -> Condition:
    """What a user is the case handler of; for documents too."""

    def condition(row: Row) -> sql.Composable:
        return sql.SQL("coalesce({officer}, '') = {user}").format(officer=row.column("officer"), user=sql.Literal(user))

    return condition


def of_units(units: Iterable[str]) -> Condition:
    """What one of these units is responsible for."""
    return _one_of("responsible_unit", sorted(units))


def in_groups(groups: Iterable[str]) -> Condition:
    """Cases of one of these case groups."""
    return _one_of("case_group", sorted(groups))


def unit_with_those_below(reference: Reference, unit: str) -> frozenset[str]:
    """A unit and all units under it."""
    return frozenset(_below(reference, "OuDomains", "ParentOu_Value", unit, frozenset()))


def group_with_those_below(reference: Reference, group: str) -> frozenset[str]:
    """A case group and all groups under it."""
    return frozenset(_below(reference, "FileClasses", "ParentFileClassKey", group, frozenset()))


def error_case_groups(reference: Reference) -> frozenset[str]:
    """The case groups that submissions which can't be filed as they should be are filed in."""
    groups = reference.by_key.get("FileClasses", {}).values()
    return frozenset(group.key for group in groups if group.properties.get(ERROR_CASES))


def with_words(text: str) -> Search:
    """Cases that a search finds: by their own text, by what is seen of their information, by their parties' names. A
    case's whole number finds that case alone."""

    def ways(row: Row, words: tuple[str, ...]) -> Sequence[Way]:
        if is_number(row.scope, text.strip()):
            return (_by_number(row, text.strip()),)
        return by_own_words(row, words), _by_information(row, words), _by_party(row, words)

    return Search(text, ways)


def case_with_number(scope: Scope, number: str) -> str | None:
    """The key of the case that is seen and has exactly this number; None where there is none."""
    if "\x00" in number:
        return None
    row = scope.row("WorkZone.File")
    found = fetch(
        sql.SQL("select {key} as key from {source} where {number} = {text} and {seen}").format(
            key=row.column("key"),
            source=row.source,
            number=row.column("number"),
            text=sql.Literal(number),
            seen=seen(row),
        )
    )
    return str(found[0]["key"]) if found else None


def is_number(scope: Scope, text: str) -> bool:
    """Whether a case that is seen has exactly this number: then it is what was meant."""
    there = scope.row("WorkZone.File")
    query = sql.SQL("select {found} as found").format(
        found=there.exists(sql.SQL("{number} = {text}").format(number=there.column("number"), text=sql.Literal(text)))
    )
    return bool(fetch(query)[0]["found"])


def _by_information(row: Row, words: tuple[str, ...]) -> Way:
    info = row.scope.row("WorkZone.FileInfo")
    held = holds_words(info, words)
    return Way(
        info.exists(
            sql.SQL("{of} = {file} and {held}").format(of=info.column("file_id"), file=row.column("key"), held=held)
        ),
        sql.SQL("select {file} from {source} where {held} and {seen}").format(
            file=info.column("file_id"), source=info.source, held=held, seen=seen(info)
        ),
        sql.SQL("select from {source} where {held}").format(source=info.source, held=held),
    )


def _by_party(row: Row, words: tuple[str, ...]) -> Way:
    party, contact = row.scope.row("WorkZone.FileContact"), row.scope.row("WorkZone.Contact")
    joined = sql.SQL("{parties} join {contacts} on {contact} = {key}").format(
        parties=party.source,
        contacts=contact.source,
        contact=party.column("contact_id"),
        key=contact.column("key"),
    )
    held = holds_words(contact, words)
    found = sql.SQL("{held} and {contact_seen} and {party_seen}").format(
        held=held, contact_seen=seen(contact), party_seen=seen(party)
    )
    of_case = party.column("file_id")
    return Way(
        sql.SQL("exists (select from {joined} where {of_case} = {file} and {found})").format(
            joined=joined, of_case=of_case, file=row.column("key"), found=found
        ),
        sql.SQL("select {of_case} from {joined} where {found}").format(of_case=of_case, joined=joined, found=found),
        sql.SQL("select from {joined} where {held}").format(joined=joined, held=held),
    )


def _by_number(row: Row, number: str) -> Way:
    test = sql.SQL("{number} = {text}").format(number=row.column("number"), text=sql.Literal(number))
    return Way(test, None, sql.SQL("select from {source} where {test}").format(source=row.source, test=test))


def _one_of(column: str, values: list[str]) -> Condition:
    def condition(row: Row) -> sql.Composable:
        return sql.SQL("{column} = any({values})").format(column=row.column(column), values=sql.Literal(values))

    return condition


def _below(reference: Reference, entity_set: str, parent: str, key: str, known: frozenset[str]) -> Iterator[str]:
    yield key
    for code in reference.by_key.get(entity_set, {}).values():
        if code.properties.get(parent) == key and code.key not in known:
            yield from _below(reference, entity_set, parent, code.key, known | {key})
