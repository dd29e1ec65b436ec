"""Sets receipts with typst. Safe to use from any thread: each has a compiler of its own, kept warm."""

import json
import threading
from datetime import UTC
from importlib.resources import files

import structlog
import typst

from formcase.formservice.receipt.composition import composed
from formcase.formservice.receipt.model import Receipt
from formcase.formservice.receipt.typefaces import fonts

_TEMPLATE = files(__package__) / "receipt.typ"

log = structlog.get_logger()
_compilers = threading.local()


def render(receipt: Receipt) -> bytes:
    """The receipt as a PDF that is PDF/A-2a and PDF/UA-1. The same receipt always gives the same bytes."""
    try:
        return _set(receipt, latin_only=False)
    except typst.TypstError as error:
        # Typst refuses a file that would not conform. What no list of characters foresees must still not stop a
        # submission, so everything beyond western letters is then shown by its number.
        log.warning("receipt set in western letters only", reference_id=receipt.reference_id, reason=_reason(error))
        return _set(receipt, latin_only=True)


def _set(receipt: Receipt, *, latin_only: bool) -> bytes:
    data = composed(receipt, latin_only=latin_only)
    pdf = _compiler().compile(
        format="pdf",
        sys_inputs={"receipt": json.dumps(data, ensure_ascii=False)},
        pdf_standards=["a-2a", "ua-1"],
        timestamp=int(receipt.submitted_at.astimezone(UTC).timestamp()),
    )
    if not isinstance(pdf, bytes):
        raise TypeError("typst gave no PDF")
    return pdf


def _compiler() -> typst.Compiler:
    compiler: typst.Compiler | None = getattr(_compilers, "own", None)
    if compiler is None:
        compiler = typst.Compiler(str(_TEMPLATE), font_paths=fonts(), ignore_system_fonts=True)
        _compilers.own = compiler
    return compiler


def _reason(error: typst.TypstError) -> str:
    """What typst says without what a person wrote, which it quotes."""
    return str(error).partition("`")[0].strip()
