"""The case system itself as a target: whole requests, carried out on a real database and then undone."""

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus

_SLOWEST = "5s"  # that the database may take for one statement


@contextmanager
def case_system() -> Iterator[Callable[[bytes], None]]:
    """A case system with the sample municipality, for as long as it is fuzzed. Gives its target."""
    with tempfile.TemporaryDirectory(prefix="formcase-fuzz-") as folder:
        os.environ["FORMCASE_DATA"] = folder
        from formcase.site.preparing import Migrations, prepared

        with prepared(Migrations.APPLY):
            from formcase.casesystem.setup import ensure_sample_data

            ensure_sample_data()
            yield _target()


def _target() -> Callable[[bytes], None]:
    from django.db import connection, transaction

    from formcase.casesystem.errors import Refusal
    from formcase.casesystem.exchange import Answer, Request, refusal_answer, target_of
    from formcase.casesystem.reading_guard import answer_read
    from formcase.casesystem.reference import current_reference
    from formcase.casesystem.service import Session
    from formcase.casesystem.transactions import Part, carry_out

    reference = current_reference()
    actor = reference.actor(reference.users["SBH"], "formcase")
    session = Session(actor, reference, "https://localhost/OData4/", "/OData4/")
    with connection.cursor() as cursor:
        cursor.execute(f"set statement_timeout = '{_SLOWEST}'")

    def answered(method: str, address: str, body: bytes) -> Answer:
        try:
            path, query = target_of(address, session.root_path)
            request = Request(method, path, query, {"content-type": "application/json"}, body)
            if method == "GET":
                return answer_read(session, request)
            return carry_out(session, [Part(request)]).answers[0]
        except Refusal as refusal:
            return refusal_answer(refusal)

    def target(content: bytes) -> None:
        """`GET address`, or `POST address` and the body in the next lines: whatever comes is answered, never failed."""
        first, _newline, body = content.partition(b"\n")
        word, _blank, address = first.decode("utf-8", "replace").strip().partition(" ")
        method, address = (word, address) if word in ("POST", "PATCH", "DELETE") else ("GET", f"{word} {address}")
        with transaction.atomic():
            answer = answered(method, address.removeprefix("GET ").strip(), body)
            assert answer.status < 500 or answer.status == HTTPStatus.NOT_IMPLEMENTED, answer
            transaction.set_rollback(True)

    return target
