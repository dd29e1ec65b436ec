"""Filling in, purely: what a page that comes back says, and entries of groups that come and go."""

import pytest

from formcase.formservice.definitions import read_definition
from formcase.formservice.filling.entries import opened, with_entry, without_empty_entries, without_entry
from formcase.formservice.filling.posted import posted_page
from formservice.rooms import ROOMS


@pytest.fixture
def page():
    return read_definition(ROOMS).pages[0]


def test_a_page_that_comes_back_says_what_was_typed(page):
    posted = {
        "q-0-0": ["Bo\0"],
        "q-0-1": ["", "b"],
        "q-0-2": ["one\r\n\r\ntwo"],
        "q-0-3-entries": ["2"],
        "q-0-3-1-0": ["Kitchen"],
        "q-0-3-1-1-0": ["lots"],
        "q-0-3-2-0": [""],
        "q-0-3-2-1-0": [""],
    }
    assert posted_page(page, 0, posted, None) == {
        "Name": "Bo\ufffd",
        "Kinds": ["b"],
        "Remarks": ["one", "two"],
        "Rooms": [{"Use": "Kitchen", "Size": {"Area": "lots"}}, {"Use": "", "Size": {"Area": ""}}],
    }


def test_what_was_not_on_the_page_keeps_its_answer(page):
    earlier = {"Name": "Bo", "Kinds": ["a"], "Rooms": [{"Use": "Kitchen", "Size": {"Area": "9"}}]}
    assert posted_page(page, 0, {"q-0-1": [""]}, earlier) == {**earlier, "Kinds": []}
    told = {"q-0-3-entries": ["1"], "q-0-3-1-0": ["Bath"]}
    assert posted_page(page, 0, told, earlier)["Rooms"] == [{"Use": "Bath", "Size": {"Area": "9"}}]


@pytest.mark.parametrize("count", ["", "x", "-1", "1e9", "99999999999"])
def test_a_number_of_entries_that_somebody_made_up_makes_no_more_than_may_be(page, count):
    assert len(posted_page(page, 0, {"q-0-3-entries": [count]}, {})["Rooms"]) <= 3


def test_entries_come_and_go(page):
    answers, number = with_entry(page, {"Name": "Bo"}, "0-3")
    assert (answers, number) == ({"Name": "Bo", "Rooms": [{}]}, 1)
    answers, number = with_entry(page, {"Rooms": [{"Use": "1"}, {"Use": "2"}]}, "0-3")
    assert number == 0  # two are the most
    assert without_entry(page, answers, "0-3", 1)["Rooms"] == [{"Use": "2"}]
    assert without_entry(page, answers, "0-3", 7) == answers
    for nowhere in ("", "0", "0-0", "0-9", "0-3-1", "0-3-9-1", "x-y"):
        assert with_entry(page, answers, nowhere)[1] == 0


def test_an_entry_that_was_left_empty_does_not_count(page):
    answers = {"Rooms": [{"Use": "", "Size": {"Area": ""}}, {"Use": "Bath"}, {}]}
    assert without_empty_entries(page.items, answers)["Rooms"] == [{"Use": "Bath"}]
    assert opened(page.items, {})["Rooms"] == [{"Size": {}}]
    assert opened(page.items, {"Rooms": []})["Rooms"] == []
