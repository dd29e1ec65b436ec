"""Expressions of access codes against the plain reading of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formcase.casesystem.access_codes import BadExpressionError, Permission, parse

CODES = ["TEK", "BOR", "SEK", "X1"]
TREES = st.recursive(
    st.sampled_from(CODES),
    lambda inner: st.tuples(st.sampled_from(["and", "or"]), inner, inner),
    max_leaves=8,
)
held_codes = st.frozensets(st.sampled_from(CODES))


def written(tree):
    """The tree with all its brackets."""
    return tree if isinstance(tree, str) else f"({written(tree[1])} {tree[0]} {written(tree[2])})"


def true_for(tree, held):
    if isinstance(tree, str):
        return tree in held
    left, right = true_for(tree[1], held), true_for(tree[2], held)
    return (left and right) if tree[0] == "and" else (left or right)


@given(TREES, held_codes)
def test_an_expression_means_what_its_operators_say(tree, held):
    assert Permission(expression=written(tree)).met_by(held) == true_for(tree, held)


@given(st.lists(st.sampled_from([*CODES, "and", "or", "(", ")"]), max_size=9), held_codes)
def test_without_brackets_python_agrees_on_what_binds_first(words, held):
    text = " ".join(words)
    python = " ".join(str(word in held) if word in CODES else word for word in words)
    try:
        expected = eval(python)
    except SyntaxError:
        expected = None
    except TypeError:
        expected = None  # TEK (BOR) is a call to Python
    try:
        assert parse(text) is not None
    except BadExpressionError:
        return
    if isinstance(expected, bool):
        assert Permission(expression=text).met_by(held) == expected


@pytest.mark.parametrize(
    "text", ["", "and", "TEK and", "TEK BOR", "(TEK", "TEK)", "()", "TEK and (BOR or)", "(" * 60 + "A" + ")" * 60]
)
def test_what_is_no_expression_is_refused(text):
    with pytest.raises(BadExpressionError):
        parse(text)


def test_an_expression_of_endless_alternatives_is_refused_quickly():
    with pytest.raises(BadExpressionError):
        parse(" and ".join(f"(A{number} or B{number})" for number in range(40)))


def test_the_expression_decides_before_the_code():
    permission = Permission("TEK", "BOR")
    assert permission.met_by(frozenset({"BOR"}))
    assert not permission.met_by(frozenset({"TEK"}))
    assert Permission("TEK").met_by(frozenset({"TEK"}))
    assert Permission().met_by(frozenset())
