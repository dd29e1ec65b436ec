"""The samples can be submitted as they are, and say to the case system what they are meant to say."""

import pytest
from django.utils import translation

from formcase.formservice.answers import check_answers
from formcase.formservice.definitions import MAPPING_PAGE, read_definition
from formcase.formservice.hidden_pages import ComputedField, compute
from formcase.formservice.samples import samples

BY_NAME = {sample.name: sample for sample in samples()}

# What the published samples say to the case system, by sample: groups in order, each with its values in order.
PUBLISHED = {
    "flag-permit": [
        ("Files", ["Flag permit: Norway, 2026-12-24", "02.15", ("Text", ["Visit by the choir of our twin town."])]),
        ("RecordTemplate", ["I", "ARK"]),
        (
            "Contacts",
            ["P", "0101901234", "Anna Maria Sørensen", ("Addresses", ["Kystvejen 9", "8000", "anna@example.com"])],
        ),
    ],
    "case-update": [("Files", ["2026-02.15-00007", "UB"]), ("Contacts", ["P", "0101901234", "Sagspart"])],
    "building-permit": [
        (
            "Files",
            [
                "Building permit, Skovvej 4",
                "02.34",
                "62,5",
                ("Dates", ["BYGSTART", "01-03-2027"]),
                (
                    "Contacts",
                    ["F", "12345674", "Tømrer & Søn ApS", "Entreprenoer", ("Addresses", ["Havnegade 2", "8000"])],
                ),
            ],
        ),
        ("Files", ["Crossover, Skovvej 4", "05.02"]),
        ("Contacts", ["P", "2512770071", "Bo Ærø Nielsen", ("Addresses", ["Skovvej 4", "8240"])]),
        ("Contacts", ["", "", ""]),
    ],
    "unknown-case-group": [("Files", ["Flag permit: Sweden", "99.99"]), ("RecordTemplate", ["I"])],
}
IDENTITIES = {
    "flag-permit": ("s-1000001", "8KS-SQ5", "800636", 3),
    "case-update": ("s-1000002", "8KS-SQ9", "800702", 1),
    "building-permit": ("s-1000003", "8KT-A01", "800711", 12),
    "unknown-case-group": ("s-1000004", "8KT-A02", "800636", 4),
}


def _mapping(sample):
    """What the sample's hidden page says."""
    form = read_definition(sample.definition)
    attachments = [(file.name, file.field) for file in sample.attachments]
    answered = check_answers(form, sample.answers("2026-02.15-00007"), attachments)
    return [_told(item) for item in compute(form, answered)[MAPPING_PAGE]]


def _told(item):
    if isinstance(item, ComputedField):
        return item.value
    return (item.group.name, [_told(inner) for inner in item.items])


def test_there_are_the_four_published_samples_and_at_least_eight_more():
    assert set(PUBLISHED) < set(BY_NAME)
    assert len(BY_NAME) >= 12


@pytest.mark.parametrize("name", BY_NAME)
def test_a_sample_can_be_submitted_as_it_is(name):
    sample = BY_NAME[name]
    with translation.override("en"):
        mapping = _mapping(sample)
    assert (sample.form_id, sample.version) == (sample.definition["id"], sample.definition["version"])
    assert any(group == "Files" for group, _values in mapping)
    assert all(len(file.content()) >= 0 for file in sample.attachments)


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_published_sample_says_to_the_case_system_what_was_published(name):
    assert _mapping(BY_NAME[name]) == PUBLISHED[name]


@pytest.mark.parametrize("name", IDENTITIES)
def test_a_published_sample_has_the_ids_that_were_published(name):
    sample = BY_NAME[name]
    assert (sample.id, sample.reference_id, sample.form_id, sample.version) == IDENTITIES[name]


def test_the_published_attachments_have_the_sizes_that_were_published():
    sizes = {file.name: len(file.content()) for name in PUBLISHED for file in BY_NAME[name].attachments}
    assert sizes == {"flag.png": 147, "programme.txt": 86, "elevation-north.png": 224, "site plan (æøå) v2.csv": 87}


def test_each_neighbour_becomes_a_party():
    contacts = [values for group, values in _mapping(BY_NAME["neighbours"]) if group == "Contacts"]
    assert [values[2] for values in contacts] == [
        "Karen Åkjær",
        "Søren Vestermark",
        "Ümit Özdemir",
        "Frederik Østergård",
    ]


def test_each_stretch_of_road_becomes_a_case():
    cases = [values for group, values in _mapping(BY_NAME["road-work"]) if group == "Files"]
    assert [values[0] for values in cases] == [
        "Råden over vej: Åboulevarden 3–17",
        "Råden over vej: Nørregade 22–30",
        "Råden over vej: Mejlgade 1–5",
    ]
    assert len(cases) == BY_NAME["road-work"].expected.cases


def test_a_sample_that_updates_comes_after_the_one_that_makes_the_case():
    order = [sample.name for sample in samples()]
    updates = [sample for sample in samples() if sample.expected.updates]
    assert len(updates) == 2
    for sample in updates:
        assert order.index(sample.expected.updates) < order.index(sample.name)
        with pytest.raises(ValueError, match=sample.expected.updates):
            sample.answers()


def test_a_sample_comes_after_the_one_that_it_builds_on():
    order = [sample.name for sample in samples()]
    assert BY_NAME["known-contact"].after == "flag-permit"
    assert all(order.index(sample.after) < order.index(sample.name) for sample in samples() if sample.after)
    assert all(sample.after == sample.expected.updates for sample in samples() if sample.expected.updates)


def test_what_a_person_wrote_in_braces_is_no_template():
    text = str(_mapping(BY_NAME["free-text"]))
    assert "{ikke en skabelon} {{dobbelt}}" in text
    assert "<script>" in text


def test_the_versions_of_a_form_are_in_rising_order_and_no_two_submissions_share_an_id():
    published: dict[str, int] = {}
    for sample in samples():
        assert sample.version > published.get(sample.form_id, 0)
        published[sample.form_id] = sample.version
    ids = [sample.id for sample in samples() if sample.id]
    references = [sample.reference_id for sample in samples() if sample.reference_id]
    assert len(set(ids)) == len(ids)
    assert len(set(references)) == len(references)
