"""What stands in a field becomes a value of the property's type, or an error that says what would fit."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formcase.planning import errors
from formcase.planning.knowledge import CodeTableKey
from formcase.planning.plan import CreateCase, CreateContact
from formcase.planning.values import Unfit, is_free_text, read_value
from planning.forms import case, form, group, path, person
from planning.office import RULES, Office, of_kind

COPENHAGEN = ZoneInfo("Europe/Copenhagen")
TYPES = ["Edm.String", "Edm.Date", "Edm.DateTimeOffset", "Edm.Decimal", "Edm.Int64", "Edm.Int32", "Edm.Boolean"]


def read(text: str, edm_type: str):
    return read_value(text, edm_type, COPENHAGEN)


@pytest.mark.parametrize("text", ["2027-03-01", "01-03-2027"])
def test_a_date_may_be_written_both_ways(text):
    assert read(text, "Edm.Date") == date(2027, 3, 1)


@pytest.mark.parametrize(
    "text",
    ["2027-02-29", "30-02-2027", "1-3-2027", "2027-3-1", "01.03.2027", "2027-03-01T00:00:00Z", "٢٠٢٧-٠٣-٠١",
     "0000-01-01", "01-03-27", "tomorrow"],
)  # fmt: skip
def test_no_other_date_fits(text):
    with pytest.raises(Unfit, match="YYYY-MM-DD or DD-MM-YYYY"):
        read(text, "Edm.Date")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2026-11-20T08:41:07Z", datetime(2026, 11, 20, 8, 41, 7, tzinfo=UTC)),
        ("2026-11-20t08:41:07.5+01:00", datetime(2026, 11, 20, 7, 41, 7, 500000, tzinfo=UTC)),
        ("2026-11-20T08:41:07.123456789Z", datetime(2026, 11, 20, 8, 41, 7, 123456, tzinfo=UTC)),
        ("2026-11-20", datetime(2026, 11, 19, 23, tzinfo=UTC)),
        ("20-06-2026", datetime(2026, 6, 19, 22, tzinfo=UTC)),
    ],
)
def test_a_time_has_its_offset_or_is_the_midnight_of_a_day(text, value):
    assert read(text, "Edm.DateTimeOffset") == value


def test_a_midnight_keeps_its_distance_from_utc():
    assert read("2026-06-20", "Edm.DateTimeOffset").isoformat() == "2026-06-20T00:00:00+02:00"


@pytest.mark.parametrize(
    "text",
    ["2026-11-20T08:41:07", "2026-11-20 08:41:07Z", "2026-11-20T25:00:00Z", "08:41", "2026-11-20T08:41Z",
     "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"],
)  # fmt: skip
def test_no_other_time_fits(text):
    with pytest.raises(Unfit):
        read(text, "Edm.DateTimeOffset")


@pytest.mark.parametrize(
    ("text", "value"), [("62,5", "62.5"), ("62.5", "62.5"), ("-3", "-3"), ("007", "7"), ("0,50", "0.50"), (",5", "0.5")]
)
def test_a_decimal_has_a_point_or_a_comma(text, value):
    assert read(text, "Edm.Decimal") == Decimal(value)


@pytest.mark.parametrize(
    "text", ["1.000,5", "1,000.5", "1 000", "+1", "1e3", "NaN", "Infinity", "--1", "-", ".", "½", "٣"]
)
def test_no_other_decimal_fits(text):
    with pytest.raises(Unfit):
        read(text, "Edm.Decimal")


@pytest.mark.parametrize("value", [0, -1, 2**63 - 1, -(2**63)])
def test_whole_numbers_have_64_bits(value):
    assert read(str(value), "Edm.Int64") == value


@pytest.mark.parametrize("text", [str(2**63), str(-(2**63) - 1), "1.0", "+1", "1 ", "٣", "9" * 5000, ""])
def test_no_other_whole_number_fits(text):
    with pytest.raises(Unfit):
        read(text, "Edm.Int64")


def test_leading_zeros_do_no_harm():
    assert read("-" + "0" * 5000 + "7", "Edm.Int64") == -7


def test_smaller_whole_numbers_have_their_own_ends():
    assert read("2147483647", "Edm.Int32") == 2**31 - 1
    with pytest.raises(Unfit):
        read("2147483648", "Edm.Int32")


@pytest.mark.parametrize("text", ["true", "TRUE", "1", "J", "j"])
def test_yes_may_be_written_in_these_ways(text):
    assert read(text, "Edm.Boolean") is True


@pytest.mark.parametrize("text", ["false", "False", "0", "N", "n"])
def test_no_may_be_written_in_these_ways(text):
    assert read(text, "Edm.Boolean") is False


@pytest.mark.parametrize("text", ["ja", "yes", "2", "-1", "on"])
def test_nothing_else_is_yes_or_no(text):
    with pytest.raises(Unfit):
        read(text, "Edm.Boolean")


def test_a_type_that_no_form_can_fill_is_refused():
    with pytest.raises(Unfit, match=r"Edm\.Duration"):
        read("P1D", "Edm.Duration")


@given(st.text(max_size=40), st.sampled_from([*TYPES, "Edm.Guid", "Edm.Stream", "Collection(Edm.String)"]))
def test_any_text_is_a_value_or_unfit(text, edm_type):
    try:
        value = read(text, edm_type)
    except Unfit:
        return
    assert value is not None


@given(st.dates())
def test_every_day_can_be_written_both_ways(day):
    assert read(day.isoformat(), "Edm.Date") == day
    assert read(f"{day.day:02}-{day.month:02}-{day.year:04}", "Edm.Date") == day


@given(st.decimals(allow_nan=False, allow_infinity=False, places=4))
def test_every_decimal_comes_back(number):
    assert read(format(number, "f"), "Edm.Decimal") == number
    assert read(format(number, "f").replace(".", ","), "Edm.Decimal") == number


@given(st.datetimes(min_value=datetime(1900, 1, 1), max_value=datetime(9998, 1, 1)), st.integers(-14 * 60, 14 * 60))
def test_every_time_comes_back(time, minutes):
    aware = time.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    assert read(aware.isoformat(), "Edm.DateTimeOffset") == aware


@pytest.mark.parametrize(
    ("name", "free"),
    [("Title", True), ("Name1", True), ("Text", True), ("Role", False), ("NameCode", False), ("Code", False),
     ("FileClass_Value", False), ("Info_Value", False)],
)  # fmt: skip
def test_blanks_belong_to_free_text_only(name, free):
    assert is_free_text(name, "Edm.String") is free
    assert not is_free_text(name, "Edm.String", key=True)
    assert not is_free_text(name, "Edm.Date")


def test_blanks_are_kept_in_free_text_and_taken_off_elsewhere():
    plan = Office().plan(
        form(
            case(
                group("Infos", CustomLabel_Value=" HENVISNING ", Info_Value=" a b "),
                Title="  Two\n lines ",
                FileClass_Value="\t02.15 ",
                BUILDAREA=" 62,5\n",
                Closed=" 01-02-2026 ",
            ),
            person(" 010190-1234 ", " Anna "),
        )
    )
    made = of_kind(plan, CreateCase)[0].entry
    assert made.values == {
        "Title": "  Two\n lines ",
        "FileClass_Value": "02.15",
        "BUILDAREA": Decimal("62.5"),
        "Closed": date(2026, 2, 1),
    }
    assert made.nested["Infos"][0].values == {"CustomLabel_Value": "HENVISNING", "Info_Value": "a b"}
    assert of_kind(plan, CreateContact)[0].entry.values["Name1"] == " Anna "


def test_empty_values_and_blanks_only_are_left_out():
    plan = Office().plan(form(case(FreeText="  \n", BUILDAREA=" ", State_Value="")))
    assert of_kind(plan, CreateCase)[0].entry.values.keys() == {"Title", "FileClass_Value"}


def test_a_day_begins_in_the_zone_that_is_set():
    plan = Office().plan(form(case(Received="2026-11-20")), replace(RULES, time_zone="America/Nuuk"))
    assert of_kind(plan, CreateCase)[0].entry.values["Received"] == datetime(2026, 11, 20, 2, tzinfo=UTC)


def test_what_does_not_fit_names_field_value_type_and_what_would_fit():
    (error,) = Office().errors(form(case(BUILDAREA="x" * 300)))
    assert isinstance(error, errors.WrongType)
    assert error.path == path("WZ_ODATA/Files/BUILDAREA")
    assert (error.property, error.type) == ("BUILDAREA", "Edm.Decimal")
    text = error.message().text()
    assert "x" * 200 + "…" in text
    assert "x" * 201 not in text
    assert "Edm.Decimal" in text
    assert "62,5" in text
    assert "xxx" not in error.message().discreet()


def test_a_text_longer_than_the_case_system_takes_is_an_error():
    (error,) = Office().errors(form(case(group("AccessCode", Expression="A" * 4001))))
    assert isinstance(error, errors.TooLong)
    assert (error.length, error.most) == (4001, 4000)
    assert Office().errors(form(case(group("AccessCode", Expression="A" * 4000)))) == ()


@pytest.mark.parametrize(
    ("fields", "table"),
    [
        ({"State_Value": "ub"}, "case state"),
        ({"FileClass_Value": "02.1"}, "case group"),
        ({"Officer_Value": "XYZ"}, "employee"),
        ({"ResponsibleOu_Value": "XYZ"}, "organisational unit"),
        ({"PHASE_Value": "9"}, "list PHASE"),
    ],
)
def test_codes_are_checked_exactly_against_the_table_that_the_metadata_names(fields, table):
    (error,) = Office().errors(form(case(**fields)))
    assert isinstance(error, errors.UnknownCode)
    assert table in error.message().text()
    assert error.near


def test_names_of_domains_are_decoded_from_the_names_of_types():
    found = Office().errors(form(case(), person(TransfCode_Value="9"), group("RecordTemplate", LetterType_Value="9")))
    assert [(error.table.entity_set, error.table.type) for error in found] == [
        ("CustomDomains", "$N"),
        ("CustomDomains", "SJAKT-BT"),
    ]


def test_codes_of_a_table_that_is_not_served_are_not_checked():
    office = Office()
    office.unserved = {CodeTableKey("FileClasses")}
    assert office.errors(form(case(FileClass_Value="99.99"))) == ()
    assert Office().errors(form(case(Medium_Value="P", SubNo_Value="9"))) == ()


def test_access_codes_are_checked_and_expressions_are_not():
    found = Office().errors(form(case(group("AccessCode", Code="NOPE"), group("UpdateCode", Expression="NOPE"))))
    assert [error.message().text().split(":")[1].strip()[:30] for error in found] == ["there is no access code NOPE. "]


def test_labels_are_checked_for_the_kind_of_row():
    found = Office().errors(
        form(
            case(group("Dates", CustomLabel_Value="HENVISNING", DateStamp="2026-01-01")),
            group("RecordTemplate", group("Dates", CustomLabel_Value="FRIST", DateStamp="2026-01-01")),
        )
    )
    assert [error.table.type for error in found] == ["SD", "AD"]


def test_a_postcode_is_checked_with_the_country_where_one_is_given():
    def address(**fields: str):
        return form(case(), person("1", "A", group("Addresses", Address1="x", **fields)))

    office = Office()
    assert office.errors(address(Postcode_Value="8000")) == ()
    assert office.errors(address(Postcode_Value="21120", CountryCode_Value="SE")) == ()
    (error,) = office.errors(address(Postcode_Value="8000", CountryCode_Value="SE"))
    assert "no postcode 8000 in the country SE" in error.message().text()
    (error,) = office.errors(address(Postcode_Value="8000", CountryCode_Value="XX"))
    assert "no country XX" in error.message().text()


def test_near_codes_are_found_by_their_texts_too():
    (error,) = Office().errors(form(case(FileClass_Value="Complaints")))
    assert error.near[0].name == "23.01"


def test_an_error_of_a_code_reads_as_a_person_needs_it():
    (error,) = Office().errors(form(case(FileClass_Value="99.99")))
    assert error.value == "99.99"
    text = error.message().text()
    assert text.startswith("Files.FileClass_Value: there is no case group 99.99. Near: ")
    assert "02.15 (Flags)" in text
    assert text.endswith("From page WZ_ODATA, group Files, field FileClass_Value of form 800636 version 4.")
    assert "99.99" not in error.message().discreet()
