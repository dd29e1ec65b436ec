"""Values on the wire: exact, and unable to become anything else than a value."""

import json
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formcase.targets.workzone.literals import json_text, key, literal
from formcase.targets.workzone.query import Equals, Expand, entities, entity

texts = st.text(st.characters(exclude_categories=("Cs",)))
decimals = st.decimals(allow_nan=False, allow_infinity=False, places=6)


@given(texts)
def test_a_quoted_text_ends_where_the_text_ends(text: str) -> None:
    written = literal(text)
    assert written[0] == written[-1] == "'"
    assert "'" not in written[1:-1].replace("''", "")
    assert written[1:-1].replace("''", "'") == text


@given(texts)
def test_a_filter_survives_the_way_through_an_address(text: str) -> None:
    address = entities("Files", Equals("FileNo", text), select=("ID",))
    parts = urlsplit("http://localhost/" + address)
    assert parts.fragment == ""
    query = parse_qs(parts.query, keep_blank_values=True, strict_parsing=True)
    assert query == {"$filter": [f"FileNo eq {literal(text)}"], "$select": ["ID"]}


@given(texts)
def test_a_key_stays_one_segment_of_the_path(text: str) -> None:
    parts = urlsplit("http://localhost/OData4/" + key("Files", text))
    assert parts.path.count("/") == 2
    assert parts.query == parts.fragment == ""
    assert unquote(parts.path) == f"/OData4/Files({literal(text)})"


@given(decimals)
def test_a_decimal_goes_out_digit_by_digit(number: Decimal) -> None:
    assert Decimal(json_text(number)) == number
    assert json.loads(json_text({"n": number}), parse_float=Decimal, parse_int=Decimal)["n"] == number


def test_a_decimal_that_no_binary_fraction_holds_is_not_rounded() -> None:
    assert json_text({"BUILDAREA": Decimal("12345678901234567.89")}) == '{"BUILDAREA":12345678901234567.89}'
    assert json_text(Decimal("1E+3")) == "1000"


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | texts,
        lambda inner: st.lists(inner) | st.dictionaries(texts, inner),
    )
)
def test_json_reads_back_as_what_was_written(value: object) -> None:
    assert json.loads(json_text(value)) == value  # type: ignore[arg-type]


def test_dates_and_points_in_time_are_written_as_odata_has_them() -> None:
    noon = datetime(2026, 7, 1, 12, tzinfo=timezone(timedelta(hours=2)))
    assert literal(date(2027, 3, 1)) == "2027-03-01"
    assert literal(noon) == "2026-07-01T10:00:00Z"
    assert json_text(noon) == '"2026-07-01T12:00:00+02:00"'
    assert literal(True) == "true"
    assert literal(7) == "7"


def test_a_point_in_time_without_a_zone_is_not_guessed_at() -> None:
    with pytest.raises(ValueError):
        json_text(datetime(2026, 7, 1, 12))


def test_a_name_that_is_none_never_gets_into_an_address() -> None:
    for wrong in ("ID eq '1' or ID", "Files('1')/Text", "", "1ID", "A&$top=0"):
        with pytest.raises(ValueError):
            entities("Files", Equals(wrong, "x"))
        with pytest.raises(ValueError):
            entities(wrong)


def test_expanding_keeps_its_own_select() -> None:
    address = entity("Files", "17", select=("ID",), expand=(Expand("Parties", ("ID", "NameKey_Value")), Expand("Text")))
    assert address == "Files('17')?$select=ID&$expand=Parties($select=ID,NameKey_Value),Text"
