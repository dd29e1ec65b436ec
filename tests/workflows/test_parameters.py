"""What can be set on a service workflow, as a person types it."""

import pytest

from formcase.workflows.models import ServiceWorkflow
from formcase.workflows.parameters import PARAMETERS, WrongParameters, missing, read_values, shown_values

WRONG = [
    ("WatchInterval", "0", "more than 0"),
    ("WatchInterval", "-5", "more than 0"),
    ("WatchInterval", "soon", "Whole seconds"),
    ("WatchInterval", "", "Whole seconds"),
    ("WatchInterval", "99999999", "31 days"),
    ("Url", "http://forms.example.dk/interact", "https"),
    ("Url", "ftp://forms.example.dk", "https"),
    ("Url", "https://user:secret@forms.example.dk/", "password"),
    ("Url", "https://forms.example.dk/?a=b", "path"),
    ("Url", "https://forms.example.dk/" + "a" * 2000, "2000"),
    ("Url", "https://169.254.169.254/", "169.254"),
    ("ClientId", "a\tb", "can't stand"),
    ("ClientId", "a" * 256, "255"),
    ("CertificateThumbprint", "3f1c", ""),
    ("FormIds", "800636,,8 0", "“” (2), “8 0” (3)"),
    ("FormIds", ",", "(1)"),
    ("ExecutingUser", "a\nb", "One line"),
    ("error_case_group", "x" * 201, "200"),
    ("error_access_code", "\x07", "One line"),
    ("block_after", "-1", "from 0"),
    ("block_after", "1.5", "Whole seconds"),
    ("settle", "99999999", "604800"),
    ("language", "de", "en, da"),
]


@pytest.mark.parametrize(("name", "typed", "said"), WRONG)
def test_what_cant_be_is_refused_with_the_parameters_name_and_what_would_be_right(name, typed, said):
    with pytest.raises(WrongParameters) as raised:
        read_values({name: typed})
    (error,) = raised.value.errors
    assert error.name == name
    assert said in error.message.text()


def test_everything_that_is_wrong_is_said_at_once():
    with pytest.raises(WrongParameters) as raised:
        read_values({"WatchInterval": "0", "FormIds": ",", "Colour": "red", "settle": "5"})
    assert [error.name for error in raised.value.errors] == ["WatchInterval", "FormIds", "Colour"]
    assert "FormIds" in raised.value.errors[2].message.text(), "an unknown name is answered with those that there are"


def test_names_are_known_in_any_case():
    assert read_values({"formids": "1, 2,1"}) == {"form_ids": "1,2"}


def test_a_thumbprint_is_stored_as_its_digits_alone():
    shown = "\u200eAB:CD " + "ef" * 18
    assert read_values({"CertificateThumbprint": shown}) == {"certificate_thumbprint": "abcd" + "ef" * 18}


@pytest.mark.parametrize("name", ["Url", "ClientId", "CertificateThumbprint", "ExecutingUser", "error_case_group"])
def test_what_may_be_empty_until_it_is_enabled_may_be_emptied(name):
    (value,) = read_values({name: "  "}).values()
    assert value == ""


def test_what_is_shown_can_be_typed_again():
    workflow = ServiceWorkflow(
        url="https://a.example/interact", client_id="c", certificate_thumbprint="ab" * 20, form_ids="1,2",
        executing_user="SBH", error_case_group="00.01", language="da",
    )  # fmt: skip
    values = read_values({name: text for name, text in shown_values(workflow).items() if text})
    assert {attribute: getattr(workflow, attribute) for attribute in values} == values
    assert missing(workflow) == ()


def test_what_is_missing_is_named():
    assert missing(ServiceWorkflow()) == (
        "Url", "ClientId", "CertificateThumbprint", "ExecutingUser", "error_case_group",
    )  # fmt: skip


def test_every_parameter_is_explained_with_a_sample():
    assert all(str(parameter.explanation) and parameter.sample for parameter in PARAMETERS)
    by_sample = {parameter.name: parameter.sample for parameter in PARAMETERS if "…" not in parameter.sample}
    assert read_values(by_sample), "and the sample is a right value"
