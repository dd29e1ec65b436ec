"""Which of two workflows takes a form."""

from hypothesis import given
from hypothesis import strategies as st

from formcase.workflows.coverage import EVERY_FORM, Covering, covered_by, left_alone, split_form_ids

forms = st.sampled_from(["1", "2", "3", "4"])
form_ids = st.lists(forms, unique=True, max_size=3).map(tuple)


@given(st.lists(form_ids, min_size=1, max_size=4), forms)
def test_every_form_that_any_workflow_covers_is_taken_by_the_oldest_of_them_alone(workflows, form):
    older: list[Covering] = []
    takers = []
    for number, ids in enumerate(workflows):
        mine = Covering(str(number), ids)
        if mine.covers(form) and covered_by(form, older) is None:
            takers.append(number)
        older.append(mine)
    covering = [number for number, ids in enumerate(workflows) if not ids or form in ids]
    assert takers == covering[:1]


@given(form_ids, st.lists(form_ids, max_size=3))
def test_what_is_left_alone_is_what_somebody_else_covers(mine, others):
    older = [Covering("other", ids) for ids in others]
    said = left_alone(mine, older)
    for form in mine:
        assert (form in said) is (covered_by(form, older) is not None)


def test_a_workflow_for_every_form_says_which_forms_another_one_takes():
    assert left_alone((), [Covering("first", ("1", "2"))]) == {"1", "2"}
    assert left_alone((), [Covering("first", ())]) == {EVERY_FORM}
    assert left_alone((), []) == frozenset()


def test_form_ids_are_stored_between_commas():
    assert split_form_ids("") == ()
    assert split_form_ids("1,2") == ("1", "2")
