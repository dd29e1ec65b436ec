"""Finding documents."""

from psycopg import sql

from formcase.casesystem.finding.listing import Condition, Listing
from formcase.casesystem.finding.searching import by_own_text, search
from formcase.casesystem.finding.words import holds_words
from formcase.casesystem.sql_rows import Row, seen

# As the index `casesystem_record_words` has it.
_WORDS = "{row}.title || ' ' || coalesce({row}.text, '') || ' ' || coalesce({row}.note, '')"

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


def with_words(text: str) -> Condition:
    """Documents that a search finds: by their own text, their file's name, or the number of their case."""
    return search(
        text,
        lambda row, words: (by_own_text(row, words, _WORDS), _by_file_name(words), _by_case(row, text.strip())),
    )


def _by_file_name(words: tuple[str, ...]) -> sql.Composable:
    # A file's name is seen by whoever sees the document.
    return sql.SQL("select content.record_id from casesystem_document content where {words}").format(
        words=holds_words(sql.SQL("coalesce(content.file_name, '')"), words)
    )


def _by_case(row: Row, number: str) -> sql.Composable:
    file, there = row.scope.row("WorkZone.File"), row.scope.row(row.type.name)
    return sql.SQL(
        "select {key} from {files} join {source} on {of} = {file} where {number} = {text} and {seen}"
    ).format(
        key=there.column("key"),
        files=file.source,
        source=there.source,
        of=there.column("file_id"),
        file=file.column("key"),
        number=file.column("number"),
        text=sql.Literal(number),
        seen=seen(file),
    )


def _equal(column: str, value: str) -> Condition:
    def condition(row: Row) -> sql.Composable:
        return sql.SQL("{column} = {value}").format(column=row.column(column), value=sql.Literal(value))

    return condition
