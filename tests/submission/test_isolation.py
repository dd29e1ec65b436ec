"""A stylesheet is applied in a process of its own, so that it can neither run for ever nor fill the memory."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from formcase.submission.isolation.processes import Processes
from formcase.submission.problems import UnreadableXml
from formcase.submission.transform import TransformFailed, UnusableStylesheet
from formcase.submission.transformed import read_transformed

XSLT = "http://www.w3.org/1999/XSL/Transform"
COPY = '<xsl:copy-of select="."/>'
CALL = (
    '<xsl:call-template name="r"><xsl:with-param name="n" select="{n}"/>'
    '<xsl:with-param name="s" select="{s}"/></xsl:call-template>'
)


def stylesheet(body: str, top: str = "") -> bytes:
    return (
        f'<xsl:stylesheet version="1.0" xmlns:xsl="{XSLT}">{top}<xsl:template match="/">{body}</xsl:template>'
        "</xsl:stylesheet>"
    ).encode()


def recursive(inner: str, first: str = "'x'") -> bytes:
    """Calls itself 60 deep, as `inner` says."""
    top = (
        '<xsl:template name="r"><xsl:param name="n"/><xsl:param name="s"/>'
        f'<xsl:if test="$n &gt; 0">{inner}</xsl:if></xsl:template>'
    )
    return stylesheet(CALL.format(n="60", s=first) + "<a/>", top)


ENDLESS = recursive(CALL.format(n="$n - 1", s="$s") * 2)
HUNGRY = stylesheet(  # a text of 64 MiB
    CALL.format(n="13", s="'x'"),
    '<xsl:template name="r"><xsl:param name="n"/><xsl:param name="s"/><xsl:choose>'
    f'<xsl:when test="$n &gt; 0">{CALL.format(n="$n - 1", s="concat($s, $s, $s, $s)")}</xsl:when>'
    '<xsl:otherwise><a><xsl:value-of select="string-length($s)"/></a></xsl:otherwise></xsl:choose></xsl:template>',
)


@pytest.fixture
def processes() -> Iterator[Processes]:
    made = Processes(2, time_limit=1.5, memory=512 * 1024 * 1024)
    yield made
    made.close()


def test_what_the_stylesheet_makes_comes_back(processes):
    assert processes.transform(stylesheet(COPY), "<a>æ</a>".encode()).endswith("<a>æ</a>".encode())


def test_a_stylesheet_without_end_is_stopped_in_time_and_the_next_one_goes_on(processes):
    started = time.monotonic()
    with pytest.raises(TransformFailed, match="took longer than 2 s"):
        processes.transform(ENDLESS, b"<a/>")
    assert time.monotonic() - started < 30
    assert processes.transform(stylesheet(COPY), b"<a/>").endswith(b"<a/>")


def test_a_stylesheet_that_fills_the_memory_is_stopped():
    generous, sparing = (Processes(1, time_limit=60, memory=mebibytes << 20) for mebibytes in (1024, 128))
    assert generous.transform(HUNGRY, b"<a/>").endswith(b"<a>67108864</a>")
    with pytest.raises(TransformFailed, match=r"more memory|stylesheet stopped"):
        sparing.transform(HUNGRY, b"<a/>")
    assert sparing.transform(stylesheet(COPY), b"<a/>").endswith(b"<a/>")
    generous.close()
    sparing.close()


def test_what_is_wrong_is_told_as_in_this_process(processes):
    with pytest.raises(UnusableStylesheet, match="xsl:include"):
        processes.check(stylesheet(COPY, '<xsl:include href="x"/>'))
    with pytest.raises(UnreadableXml) as unreadable:
        processes.transform(stylesheet(COPY), b"<a>\n<b></a>")
    assert unreadable.value.problems[0].line == 2
    stop = '<xsl:message terminate="yes">0101901234</xsl:message>'
    with pytest.raises(TransformFailed) as failed:
        processes.transform(stylesheet(stop), b"<a/>")
    assert "0101901234" not in str(failed.value)
    processes.check(stylesheet(COPY))


def test_several_threads_wait_for_their_turn(processes):
    made: list[bytes] = []

    def work(number: int) -> None:
        made.append(processes.transform(stylesheet(COPY), f"<a>{number}</a>".encode()))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(each[-5:-4] for each in made) == [str(number).encode() for number in range(8)]
    assert len(processes._idle) <= 2


def test_a_process_that_has_died_is_replaced(processes):
    processes.transform(stylesheet(COPY), b"<a/>")
    (idle,) = processes._idle
    idle._popen.kill()
    idle._popen.wait()
    assert processes.transform(stylesheet(COPY), b"<b/>").endswith(b"<b/>")


_ABANDON = """
import os, psutil, sys, threading, time
from formcase.submission.isolation import processes
made = processes.Processes(1, time_limit=1.5)
threading.Thread(target=made.transform, args=(sys.stdin.buffer.read(), b"<a/>"), daemon=True).start()
time.sleep(1)
print(psutil.Process().children()[0].pid, flush=True)
os._exit(0)
"""


def test_a_process_that_nobody_is_left_to_stop_ends_by_itself():
    parent = subprocess.run([sys.executable, "-c", _ABANDON], input=ENDLESS, capture_output=True, check=True)
    status = Path(f"/proc/{int(parent.stdout)}/stat")
    deadline = time.monotonic() + 60
    while status.exists() and status.read_text().rpartition(")")[2].split()[0] != "Z":
        assert time.monotonic() < deadline
        time.sleep(0.2)


def test_no_secret_of_this_process_is_in_the_other_ones_environment(processes, monkeypatch):
    monkeypatch.setenv("FORMCASE_CASE_SYSTEM_CLIENT_SECRET", "hush")
    processes.transform(stylesheet(COPY), b"<a/>")
    (idle,) = processes._idle
    with open(f"/proc/{idle._popen.pid}/environ", "rb") as file:
        assert b"hush" not in file.read()
    assert os.environ["FORMCASE_CASE_SYSTEM_CLIENT_SECRET"] == "hush"


def test_a_submission_is_read_from_xml_of_another_shape():
    body = (
        '<Submission xmlns="urn:formcase:submission:1" id="{order/@no}" referenceId="R-1" formId="1" formTitle="Order"'
        ' formVersion="1" submittedAt="2026-11-20T08:41:07Z"><Page name="P"/></Submission>'
    )
    assert read_transformed(b"<order no='7'/>", stylesheet(body)).id == "7"


def test_what_the_stylesheet_makes_and_is_no_submission_is_the_stylesheets_fault():
    with pytest.raises(TransformFailed) as caught:
        read_transformed(b"<order/>", stylesheet(COPY))
    assert "this is no submission" in caught.value.message().text()
    assert "Mend the workflow's transform" in caught.value.message().text()
