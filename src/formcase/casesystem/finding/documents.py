"""Finding documents."""

from psycopg import sql

from formcase.casesystem.finding.listing import Condition, Listing
from formcase.casesystem.finding.searching import Search, Way, by_own_words
from formcase.casesystem.sql_rows import Row, seen

DOCUMENTS = Listing(
    "Records",
    {
        "title": "casesystem_danish_order({row}.title)",
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
    """Documents that a search finds: by their own words and their file's name, or by the number of their case."""
    return Search(text, lambda row, words: (by_own_words(row, words), _by_case(row, text.strip())))


def _by_case(row: Row, number: str) -> Way:
    file, there = row.scope.row("WorkZone.File"), row.scope.row(row.type.name)
    of_case = sql.SQL("{number} = {text}").format(number=file.column("number"), text=sql.Literal(number))
    joined = sql.SQL("{files} join {source} on {of} = {file}").format(
        files=file.source, source=there.source, of=there.column("file_id"), file=file.column("key")
    )
    return Way(
        file.exists(
            sql.SQL("{of_case} and {file} = {of}").format(
                of_case=of_case, file=file.column("key"), of=row.column("file_id")
            )
        ),
        sql.SQL("select {key} from {joined} where {of_case} and {seen}").format(
            key=there.column("key"), joined=joined, of_case=of_case, seen=seen(file)
        ),
        sql.SQL("select from {joined} where {of_case}").format(joined=joined, of_case=of_case),
    )


def _equal(column: str, value: str) -> Condition:
    def condition(row: Row) -> sql.Composable:
        return sql.SQL("{column} = {value}").format(column=row.column(column), value=sql.Literal(value))

    return condition
