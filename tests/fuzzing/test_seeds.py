"""What fuzzing began with and what it found: each once, and in the long tests each bent in many ways.

`make fuzz` runs the same targets for as long as one likes, led by what each input reaches.
"""

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fuzzing.targets import TARGETS

HERE = Path(__file__).parent
SEEDS = [(name, file) for name in TARGETS for file in sorted((HERE / "seeds" / name).iterdir())]
WORDS = [
    word.encode().decode("unicode_escape").encode("latin-1")
    for word in re.findall(r'^"(.*)"$', (HERE / "words.dict").read_text("ascii"), re.MULTILINE)
]
EDIT = st.tuples(st.integers(0, 3000), st.integers(0, 20), st.binary(max_size=6) | st.sampled_from(WORDS))


@pytest.mark.parametrize(("name", "file"), SEEDS, ids=lambda value: getattr(value, "name", value))
def test_what_fuzzing_found_is_read_or_refused(name, file):
    TARGETS[name](file.read_bytes())


@pytest.mark.long
@pytest.mark.parametrize("name", TARGETS)
def test_bent_seeds_are_read_or_refused(name):
    seeds = [file.read_bytes() for of, file in SEEDS if of == name]

    @settings(max_examples=150, database=None)
    @given(st.sampled_from(seeds), st.lists(EDIT, min_size=1, max_size=8))
    def bent(content: bytes, edits: list[tuple[int, int, bytes]]) -> None:
        for place, length, put_in in edits:
            start = place % (len(content) + 1)
            content = content[:start] + put_in + content[start + length :]
        TARGETS[name](content)

    bent()
