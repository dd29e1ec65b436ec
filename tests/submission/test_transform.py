"""A stylesheet makes a submission of other XML, and reaches nothing but the XML that it is given."""

import pytest

from formcase.submission.problems import UnreadableXml
from formcase.submission.reading import read_submission
from formcase.submission.transform import Transform, TransformFailed, UnusableStylesheet

XSLT = 'xmlns:xsl="http://www.w3.org/1999/XSL/Transform"'


def stylesheet(body: str, top: str = "", more: str = "") -> bytes:
    return (
        f'<xsl:stylesheet version="1.0" {XSLT} {more}>{top}<xsl:template match="/">{body}</xsl:template>'
        "</xsl:stylesheet>"
    ).encode()


def test_xml_of_another_shape_becomes_a_submission():
    made = Transform(
        stylesheet(
            '<Submission xmlns="urn:formcase:submission:1" id="{order/@no}" referenceId="R-{order/@no}" formId="1"'
            ' formTitle="Order" formVersion="1" submittedAt="2026-11-20T08:41:07Z"><Page name="P">'
            '<xsl:for-each select="order/line"><Field name="Line"><xsl:value-of select="."/></Field></xsl:for-each>'
            "</Page></Submission>"
        )
    ).apply("<order no='7'><line>æ &amp; ø</line><line>two\nlines</line></order>".encode())
    submission = read_submission(made)
    assert submission.reference_id == "R-7"
    assert [field.value for field in submission.pages[0].items] == ["æ & ø", "two\nlines"]


@pytest.mark.parametrize("function", ["document('{file}')", "document('file://{file}')", "document('')"])
def test_no_file_can_be_read(tmp_path, function):
    (tmp_path / "secret.xml").write_text("<secret>hush</secret>")
    select = function.format(file=tmp_path / "secret.xml")
    transform = Transform(stylesheet(f'<out><xsl:copy-of select="{select}"/></out>'))
    with pytest.raises(TransformFailed):
        transform.apply(b"<a/>")


@pytest.mark.parametrize("loading", ["import", "include"])
def test_no_other_stylesheet_can_be_loaded(tmp_path, loading):
    (tmp_path / "other.xsl").write_bytes(stylesheet("<out/>"))
    with pytest.raises(UnusableStylesheet, match=f"line 1: xsl:{loading}"):
        Transform(stylesheet("<out/>", top=f'<xsl:{loading} href="file://{tmp_path}/other.xsl"/>'))


def test_no_extension_can_be_used(tmp_path):
    for namespace in ("http://exslt.org/common", "http://icl.com/saxon", "http://xmlsoft.org/XSLT/namespace"):
        body = f'<e:document href="{tmp_path}/made.txt">x</e:document>'
        with pytest.raises(UnusableStylesheet, match="extension"):
            Transform(stylesheet(body, more=f'xmlns:e="{namespace}" extension-element-prefixes="e"'))
    assert not (tmp_path / "made.txt").exists()


def test_a_stylesheet_with_a_document_type_is_refused():
    with pytest.raises(UnusableStylesheet, match="document type"):
        Transform(b"<!DOCTYPE x [<!ENTITY a 'b'>]>" + stylesheet("<out/>"))


@pytest.mark.parametrize("content", [b"no xml", b"<a/>", stylesheet("<xsl:value-of/>")])
def test_what_is_no_stylesheet_is_refused(content):
    with pytest.raises(UnusableStylesheet):
        Transform(content).apply(b"<a/>")


def test_xml_beyond_the_limits_is_refused_before_it_is_transformed():
    with pytest.raises(UnreadableXml, match="document type"):
        Transform(stylesheet("<out/>")).apply(b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>")


def test_a_stylesheet_that_never_ends_or_gives_up_or_makes_nothing_fails():
    endless = '<xsl:template name="r"><xsl:call-template name="r"/></xsl:template>'
    for transform in (
        Transform(stylesheet('<xsl:call-template name="r"/>', top=endless)),
        Transform(stylesheet('<xsl:message terminate="yes">secret 0101901234</xsl:message>')),
        Transform(stylesheet("only text")),
    ):
        with pytest.raises(TransformFailed) as caught:
            transform.apply(b"<a/>")
        assert "0101901234" not in str(caught.value)


def test_more_than_sixteen_mebibytes_are_not_handed_on():
    eight = "<xsl:copy-of select='/'/>" * 20
    transform = Transform(stylesheet(f"<out>{eight}</out>"))
    with pytest.raises(TransformFailed, match="16777216 are allowed"):
        transform.apply(b"<a>" + b"<b/>" * 10 + b"x" * 1_000_000 + b"</a>")
