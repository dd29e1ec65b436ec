"""A submission is read whole and in order, or refused with the place of everything that is wrong."""

import re
import time
import tracemalloc
from datetime import UTC, datetime
from importlib.resources import files

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from formcase.submission import limits
from formcase.submission.model import Field, FieldPath, Group, Page, Step, Submission, Submitter, paths_of
from formcase.submission.problems import UnreadableXml
from formcase.submission.reading import read_submission

HEAD = (
    '<Submission xmlns="urn:formcase:submission:1" id="s-1" referenceId="8KS-SQ5" formId="800636" formTitle="Flag"'
    ' formVersion="3" submittedAt="2026-11-20T08:41:07Z">'
)
PAGE = '<Page name="Event"><Field name="Place">Aarhus</Field></Page>'
DIGEST = "a" * 64


def xml(*inside: str, head: str = HEAD) -> bytes:
    return f"{head}{''.join(inside)}</Submission>".encode()


def attachment(attachment_id: str = "a1", **attributes: str) -> str:
    values = {"id": attachment_id, "name": "flag.png", "mediaType": "image/png", "size": "147", "sha256": DIGEST}
    written = " ".join(f'{name}="{value}"' for name, value in {**values, **attributes}.items())
    return f"<Attachment {written}/>"


def refusal(content: bytes) -> UnreadableXml:
    with pytest.raises(UnreadableXml) as caught:
        read_submission(content)
    return caught.value


def test_everything_that_was_handed_in_is_in_the_model():
    submission = read_submission(
        xml(
            '<Submitter login="MitID" id="0101901234" name="Anna"/>',
            '<Page name="Event" title="About"><Field name="Nation" title="Which?" type="choice" display="Norway">NO'
            '</Field></Page><Page name="WZ_ODATA" hidden="true"/>',
            attachment(field="Flag"),
        )
    )
    assert submission.id == "s-1"
    assert submission.reference_id == "8KS-SQ5"
    assert submission.form_version == 3
    assert submission.submitted_at == datetime(2026, 11, 20, 8, 41, 7, tzinfo=UTC)
    assert submission.language == "da"
    assert submission.submitter == Submitter("MitID", "0101901234", "Anna")
    assert submission.pages[0] == Page("Event", (Field("Nation", "NO", "Which?", "choice", "Norway"),), "About")
    assert submission.pages[1].hidden
    assert submission.attachments[0].file.size == 147
    assert submission.attachments[0].field == "Flag"


def test_order_repeated_groups_and_the_lines_of_an_answer_survive():
    submission = read_submission(
        xml(
            '<Page name="P"><Field name="b">first\n second\n</Field><Group name="G"><Field name="x">1</Field></Group>'
            '<Field name="a"/><Group name="G"><Field name="x">2</Field><Field name="x">3</Field></Group></Page>'
        )
    )
    assert submission.pages[0].items == (
        Field("b", "first\n second\n"),
        Group("G", (Field("x", "1"),)),
        Field("a", ""),
        Group("G", (Field("x", "2"), Field("x", "3"))),
    )


def test_a_value_is_whole_across_comments_instructions_and_character_data():
    submission = read_submission(
        xml('<Page name="P"><Field name="a">x<!-- c -->y<?p i?>z<![CDATA[<&]]></Field></Page>')
    )
    assert submission.pages[0].items == (Field("a", "xyz<&"),)


def test_blanks_around_names_do_not_count():
    submission = read_submission(xml('<Page name=" Two  words "/>'))
    assert submission.pages[0].name == "Two words"


def test_the_schema_in_the_package_is_version_1():
    schema = files("formcase.submission").joinpath("submission.xsd").read_text()
    assert 'targetNamespace="urn:formcase:submission:1"' in schema


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-1", "windows-1252"])
def test_a_declared_encoding_is_read(encoding):
    text = f'<?xml version="1.0" encoding="{encoding}"?>{HEAD}<Page name="P"><Field name="a">æøå</Field></Page>'
    assert read_submission(f"{text}</Submission>".encode(encoding)).pages[0].items == (Field("a", "æøå"),)


def test_a_byte_order_mark_does_no_harm():
    assert read_submission(b"\xef\xbb\xbf" + xml(PAGE)).id == "s-1"


BOMB = (
    "<!DOCTYPE x [<!ENTITY a '"
    + "x" * 1000
    + "'>"
    + "".join(f"<!ENTITY {chr(98 + n)} '{f'&{chr(97 + n)};' * 100}'>" for n in range(8))
    + "]>"
)


@pytest.mark.parametrize("where", ['<Page name="P"><Field name="x">&i;</Field></Page>', '<Page name="&i;"/>'])
def test_an_entity_bomb_is_refused_before_it_costs_anything(where):
    tracemalloc.start()
    started = time.process_time()
    problem = refusal(BOMB.encode() + xml(where)).problems[0]
    seconds = time.process_time() - started
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert "document type declaration" in str(problem.message())
    assert seconds < 1
    assert most < 5_000_000


def test_a_document_type_without_entities_and_one_that_reaches_out_are_refused(tmp_path):
    (tmp_path / "secret").write_text("secret")
    for doctype in ("<!DOCTYPE Submission>", f'<!DOCTYPE x [<!ENTITY s SYSTEM "file://{tmp_path}/secret">]>'):
        assert "document type declaration" in str(refusal(doctype.encode() + xml(PAGE)).problems[0].message())


def test_a_document_type_in_another_encoding_is_refused():
    text = '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE x [<!ENTITY a "b">]>' + xml(PAGE).decode()
    assert "document type declaration" in str(refusal(text.encode("utf-16")).problems[0].message())


def test_seventeen_mebibytes_are_refused_and_sixteen_are_read():
    assert "16777216 are allowed" in str(refusal(xml(PAGE) + b" " * 17 * 2**20).problems[0].message())
    padded = xml(PAGE) + b" " * (limits.BYTES - len(xml(PAGE)))
    assert len(padded) == 16 * 2**20
    assert read_submission(padded).id == "s-1"


def test_sixty_four_levels_are_read_and_one_more_is_refused():
    def nested(levels: int) -> bytes:
        groups = levels - 3
        return xml(
            '<Page name="P">', '<Group name="G">' * groups, '<Field name="x">y</Field>', "</Group>" * groups, "</Page>"
        )

    assert read_submission(nested(64)).id == "s-1"
    problem = refusal(nested(65)).problems[0]
    assert "more than 64 deep" in str(problem.message())
    assert problem.place.startswith("Submission/Page/Group/")


def test_a_hundred_thousand_elements_are_read_and_one_more_is_refused():
    def fields(count: int) -> bytes:
        return xml('<Page name="P">', '<Field name="x"/>' * count, "</Page>")

    assert len(read_submission(fields(limits.NODES - 2)).pages[0].items) == limits.NODES - 2
    assert "more than 100000 elements" in str(refusal(fields(limits.NODES - 1)).problems[0].message())


def test_comments_count_as_much_as_elements():
    assert "more than 100000 elements" in str(refusal(xml(PAGE, "<!---->" * limits.NODES)).problems[0].message())


def test_a_thousand_attachments_are_read_and_one_more_is_refused():
    def with_attachments(count: int) -> bytes:
        return xml(PAGE, *(attachment(f"a{number}") for number in range(count)))

    assert len(read_submission(with_attachments(1000)).attachments) == 1000
    assert "more than 1000 attachments" in str(refusal(with_attachments(1001)).problems[0].message())


@pytest.mark.parametrize("letter", ["x", "ø"])
def test_a_value_of_one_mebibyte_is_read_and_one_byte_more_is_refused(letter):
    longest = letter * (limits.VALUE_BYTES // len(letter.encode()))
    page = '<Page name="P"><Field name="a">{}</Field><Field name="b">{}</Field></Page>'
    assert read_submission(xml(page.format(longest, longest))).pages[0].items[1] == Field("b", longest)
    problem = refusal(xml(page.format("", longest + letter))).problems[0]
    assert "longer than 1048576 bytes" in str(problem.message())
    assert problem.place == "Submission/Page/Field"


def test_an_attribute_longer_than_one_mebibyte_is_refused():
    problem = refusal(xml(f'<Page name="P" title="{"x" * (limits.VALUE_BYTES + 1)}"/>')).problems[0]
    assert "the value of title is longer" in str(problem.message())


@pytest.mark.parametrize("character", ["\x00", "\x01", "\x0b", "\x1f", "\ufffe", "\uffff"])
def test_characters_that_xml_forbids_are_named_with_their_line(character):
    problem = refusal(xml(f'\n<Page name="P">\n<Field name="x">a{character}</Field></Page>')).problems[0]
    assert f"U+{ord(character):04X}" in str(problem.message())
    assert problem.line == 3


def test_a_reference_to_a_forbidden_character_is_named_with_its_place():
    problem = refusal(xml('<Page name="P">\n<Field name="x">&#1;</Field></Page>')).problems[0]
    assert problem.line == 2
    assert problem.place == "Submission/Page/Field"


def test_letters_in_another_encoding_are_named_with_their_line():
    problem = refusal(xml('<Page name="P">\n<Field name="x">æ</Field></Page>').decode().encode("iso-8859-1")).problems[
        0
    ]
    assert problem.line == 2
    assert "UTF-8" in str(problem.message())


@pytest.mark.parametrize("encoding", ["zork", "utf-7", "punycode", "base64", "utf-16"])
def test_an_encoding_that_cannot_be_read_is_named(encoding):
    problem = refusal(f'<?xml version="1.0" encoding="{encoding}"?>'.encode() + xml(PAGE)).problems[0]
    assert encoding in str(problem.message())


def test_another_version_and_another_document_are_named():
    assert "version 2" in str(refusal(xml(PAGE, head=HEAD.replace(":1", ":2", 1))).problems[0].message())
    assert "begins with invoice" in str(refusal(b"<invoice/>").problems[0].message())
    assert "no submission" in str(refusal(xml(PAGE, head=HEAD.replace("submission:1", "x"))).problems[0].message())


@pytest.mark.parametrize(
    "content", [b"", b"   ", b"{}", b"<Submission", b"<a></b>", xml(PAGE)[:-5], xml(PAGE) + b"<a/>"]
)
def test_what_is_no_xml_is_refused_with_a_reason(content):
    assert str(refusal(content).message())


def test_every_violation_of_the_schema_is_told_with_its_place_and_without_the_value():
    error = refusal(
        xml(
            '<Page name="P">\n<Field/><Group name="G">\n<Field name="x" type="zork">1</Field></Group></Page>',
            attachment("a1", sha256="0101901234"),
            attachment("a1"),
            head=HEAD.replace('id="s-1"', 'id="a b"'),
        )
    )
    places = [(problem.place, problem.line) for problem in error.problems]
    assert ("Submission", 1) in places
    assert ("Submission/Page/Field", 2) in places
    assert ("Submission/Page/Group/Field", 3) in places
    assert ("Submission/Attachment[1]", 3) in places
    assert ("Submission/Attachment[2]", 3) in places
    assert "two attachments have the same id" in str(error)
    assert "0101901234" in error.message().text()
    assert "0101901234" not in str(error)


def test_prefixes_are_another_way_to_write_the_same():
    head = HEAD.replace("<Submission xmlns=", "<f:Submission xmlns:f=")
    plain = f'{head}<f:Page name="P"><f:Field name="x">1</f:Field></f:Page></f:Submission>'.encode()
    assert read_submission(plain).pages == (Page("P", (Field("x", "1"),)),)
    wrong = plain.replace(b'<f:Field name="x">', b'<f:Field name="y"/><f:Field>')
    assert [problem.place for problem in refusal(wrong).problems] == ["Submission/Page/Field[2]"]
    large = plain.replace(b'formVersion="3"', b'formVersion="%d"' % 2**63)
    assert [problem.place for problem in refusal(large).problems] == ["Submission"]


def test_what_is_of_another_namespace_is_refused_with_its_place():
    error = refusal(xml(PAGE, '<x:note xmlns:x="urn:other"><x:note xmlns:x="urn:another"/></x:note>'))
    assert [problem.place for problem in error.problems] == ["Submission/note"]


@pytest.mark.parametrize(
    "broken",
    [
        xml(PAGE, head=HEAD.replace('formVersion="3"', 'formVersion="0"')),
        xml(PAGE, head=HEAD.replace('formTitle="Flag"', 'formTitle=" "')),
        xml(PAGE, head=HEAD.replace('formTitle="Flag"', f'formTitle="{"x" * 256}"')),
        xml(PAGE, head=HEAD.replace("T08:41:07Z", "T08:41:07")),
        xml(PAGE, head=HEAD.replace("2026-11-20", "2026-02-30")),
        xml(PAGE, head=HEAD.replace('referenceId="8KS-SQ5"', "")),
        xml(PAGE, head=HEAD.replace("<Submission ", '<Submission colour="red" ')),
        xml(),
        xml(PAGE, attachment(mediaType="image")),
        xml(PAGE, attachment(name="two&#10;lines")),
        xml(PAGE, attachment(size="-1")),
        xml(attachment(), PAGE),
        xml('<Page name=""/>'),
        xml('<Page name="P"><Field name="x"><b/></Field></Page>'),
        xml('<Page name="P">text</Page>'),
        xml('<Page name="P" hidden="maybe"/>'),
    ],
)
def test_what_the_schema_does_not_allow_is_refused(broken):
    assert refusal(broken).problems


@pytest.mark.parametrize(
    ("head", "inside"),
    [
        (HEAD.replace('formVersion="3"', f'formVersion="{"9" * 5000}"'), PAGE),
        (HEAD, PAGE + attachment(size=str(2**63))),
        (HEAD.replace("2026-11-20T08:41:07Z", "9999-12-31T23:59:59-14:00"), PAGE),
        (HEAD.replace("2026-11-20T08:41:07Z", "0001-01-01T00:00:00+14:00"), PAGE),
    ],
)
def test_numbers_and_times_that_nobody_can_use_are_refused(head, inside):
    assert len(refusal(xml(inside, head=head)).problems) == 1


def test_very_many_violations_are_all_told_and_take_seconds_not_minutes():
    started = time.process_time()
    error = refusal(xml('<Page name="P">', "\n<Field/>" * 50_000, "</Page>"))
    assert len(error.problems) == 50_000
    assert "And 49980 more." in str(error)
    assert time.process_time() - started < 20


def test_a_path_of_fields_that_are_alike_counts_from_one():
    items = (Field("a", ""), Group("g"), Field("a", ""))
    assert [str(path) for path, _ in paths_of(items, FieldPath((Step("P"),)))] == ["P/a[1]", "P/g", "P/a[2]"]


VALID = xml('<Page name="P"><Group name="G"><Field name="x" type="integer">1</Field></Group></Page>', attachment())


@settings(max_examples=80)
@example(0, len(VALID), b"")
@given(
    st.integers(0, len(VALID)), st.integers(0, 12), st.binary(max_size=6) | st.sampled_from([b"<", b"&", b'"', b">"])
)
def test_damaged_xml_is_read_or_refused_and_never_anything_else(start, length, put_in):
    damaged = VALID[:start] + put_in + VALID[start + length :]
    outcome = read_or_refused(damaged)
    assert isinstance(outcome, Submission) or (outcome.problems and str(outcome))


def read_or_refused(content: bytes) -> Submission | UnreadableXml:
    try:
        return read_submission(content)
    except UnreadableXml as error:
        return error


TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=30).filter(
    lambda text: not re.search("[\ufffe\uffff]", text)
)


@settings(max_examples=60)
@given(st.lists(st.tuples(st.from_regex(r"[A-Za-z]{1,8}", fullmatch=True), TEXT), max_size=8))
def test_whatever_a_person_writes_comes_back_as_it_was(answers):
    def escaped(text: str) -> str:
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")

    fields = "".join(f'<Field name="{name}">{escaped(text)}</Field>' for name, text in answers)
    page = read_submission(xml(f'<Page name="P">{fields}</Page>')).pages[0]
    assert page.items == tuple(Field(name, text) for name, text in answers)


def test_what_the_schema_misses_is_named_for_those_who_run_the_form_service_and_answers_are_not():
    missing = refusal(xml("<Page/>"))
    assert "Submission/Page: the attribute name is missing" in missing.message().discreet()
    strange = refusal(xml("<Pages/>"))
    assert "expected is Submitter, Page" in strange.message().discreet()
    answer = refusal(xml('<Page name="P"><Field name="x" type="0101901234"/></Page>'))
    assert "0101901234" in answer.message().text()
    assert "0101901234" not in answer.message().discreet()


def test_what_is_wrong_and_what_to_do_are_sentences_of_their_own():
    text = refusal(b"<!DOCTYPE x><x/>").message().text()
    assert "none is allowed. The form service must" in text
