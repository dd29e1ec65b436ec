"""What has changed between two versions of a form."""

import copy

from django.utils import translation

from formcase.formservice.comparison import compare
from formcase.formservice.definitions import read_definition

OLD = {
    "id": "1",
    "title": "Permit",
    "version": 1,
    "pages": [
        {
            "name": "P",
            "title": "About you",
            "items": [
                {"field": "Name", "title": "Name", "required": True},
                {"field": "Company", "title": "For a company?", "type": "boolean"},
                {
                    "field": "Kind",
                    "title": "Kind",
                    "type": "choice",
                    "choices": [{"value": "a", "title": "Small"}, {"value": "b", "title": "Large"}],
                },
            ],
        },
        {
            "name": "WZ_ODATA",
            "hidden": True,
            "items": [
                {"group": "Files", "items": [{"field": "Title", "default": "{P.Name}"}]},
                {"group": "Files", "items": [{"field": "Title", "default": "Second"}]},
            ],
        },
    ],
}


def changes(change) -> list[tuple[str, ...]]:
    new = copy.deepcopy(OLD)
    change(new)
    with translation.override("en"):
        sections = compare(read_definition(OLD), read_definition({**new, "version": 2}))
    return [
        (str(one.kind), " / ".join((section.title, *one.where)), one.what, one.before, one.after)
        for section in sections
        for one in section.changes
    ]


def items(form) -> list:
    return form["pages"][0]["items"]


def test_the_same_under_another_number_is_no_change():
    assert changes(lambda form: None) == []


def test_texts_types_and_conditions_are_told_in_words():
    def change(form):
        form["title"] = "Permission"
        items(form)[0] |= {"help": "As in your passport", "required": False}
        items(form)[2]["shownWhen"] = {"answer": "{P.Company}", "is": True}

    assert changes(change) == [
        ("changed", "The form as a whole", "Title", "Permit", "Permission"),
        ("changed", "About you / Name", "Must be answered", "yes", "no"),
        ("added", "About you / Name", "Help", "", "As in your passport"),
        ("added", "About you / Kind", "Asked only when", "", "“For a company?” is “Yes”"),
    ]


def test_choices_are_added_removed_renamed_and_moved():
    def change(form):
        items(form)[2]["choices"] = [
            {"value": "b", "title": "Big"},
            {"value": "a", "title": "Small"},
            {"value": "c", "title": "Huge"},
        ]

    assert changes(change) == [
        ("changed", "About you / Kind", "Choice", "Large (b)", "Big (b)"),
        ("added", "About you / Kind", "Choice", "", "Huge (c)"),
        ("changed", "About you / Kind", "Order of the choices", "Small\nBig", "Big\nSmall"),
    ]


def test_fields_come_go_and_move():
    def change(form):
        items(form)[:] = [items(form)[2], items(form)[0], {"field": "Cvr", "title": "CVR number", "type": "cvr"}]

    assert changes(change) == [
        ("removed", "About you / For a company?", "Field", "Title: For a company?\nType: yes or no", ""),
        ("added", "About you / CVR number", "Field", "", "Title: CVR number\nType: CVR number"),
        ("changed", "About you", "Order", "Name\nKind", "Kind\nName"),
    ]


def test_a_whole_page_is_told_with_what_is_on_it():
    def change(form):
        form["pages"].insert(1, {"name": "Q", "title": "More", "items": [{"group": "G", "items": [{"field": "F"}]}]})

    assert [(kind, where, what) for kind, where, what, _before, _after in changes(change)] == [
        ("added", "More", "Page"),
        ("added", "More / G", "Group"),
        ("added", "More / G / F", "Field"),
    ]


def test_of_two_groups_of_one_name_the_second_is_compared_with_the_second():
    def change(form):
        form["pages"][1]["items"][1]["items"][0]["default"] = "Other"

    assert changes(change) == [("changed", "WZ_ODATA / Files / Title", "Value", "Second", "Other")]
