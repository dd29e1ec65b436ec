"""Finding documents."""

from collections.abc import Sequence

from psycopg import sql

from formcase.casesystem.finding.cases import is_number
from formcase.casesystem.finding.listing import Condition, Listing
from formcase.casesystem.finding.searching import Search, Way, by_own_words
from formcase.casesystem.sql_rows import Row, seen

DOCUMENTS = Listing(
    "Records",
    {
        "title": "casesystem_danish_order({row}.title)",
        "type": "{row}.record_type",
        "state": "{row}.state",
        "handler": "coalesce({row}.officer, '')",
        "updated": "{row}.updated",
        "created": "{row}.key",
    },
    sort="updated",
    shown=frozenset(
        {
            "UserKey",
            "Title",
            "FileKey_Value",
            "RecordType_Summary",
            "State_Summary",
            "Officer_Value",
            "Officer_Summary",
            "FileName",
            "DocLength",
            "MimeType",
            "PrimaryRecordKey_Value",
            "Updated",
        }
    ),
)


def of_type(value: str) -> Condition:
    """Documents of a document type."""
    return _equal("record_type", value)


def in_state(value: str) -> Condition:
    """Documents in a state."""
    return _equal("state", value)


def of_case(key: str) -> Condition:
    """Documents of a case."""
    return _equal("file_id", key)


def with_words(text: str) -> Search:
    """Documents that a search finds: by their own words and their file's name. A case's whole number finds the
    documents of that case alone."""

    def ways(row: Row, words: tuple[str, ...]) -> Sequence[Way]:
        number = text.strip()
        return (_by_case(row, number) if is_number(row.scope, number) else by_own_words(row, words),)

    return Search(text, ways)


def _by_case(row: Row, number: str) -> Way:
    file = row.scope.row("WorkZone.File")
    test = sql.SQL("{of} = (select {key} from {files} where {number} = {text} and {seen})").format(
        of=row.column("file_id"),
        key=file.column("key"),
        files=file.source,
        number=file.column("number"),
        text=sql.Literal(number),
        seen=seen(file),
    )
    return Way(test, None, sql.SQL("select from {source} where {test}").format(source=row.source, test=test))


def _equal(column: str, value: str) -> Condition:
    def condition(row: Row) -> sql.Composable:
        return sql.SQL("{column} = {value}").format(column=row.column(column), value=sql.Literal(value))

    return condition
