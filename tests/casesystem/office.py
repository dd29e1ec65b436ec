"""A client of the case system for tests: speaks its protocol and nothing else, as the account or for a user."""

import base64
import io
import json
import re
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

from django.test import Client

ACCOUNT = "formcase"
SECRET = "a secret of the tests"
CASE = {"Title": "A flag", "FileClass_Value": "02.15"}


@dataclass
class Reply:
    """An answer: status, headers by lower-case name, and the JSON of the body where it is JSON."""

    status: int
    headers: dict[str, str]
    body: bytes
    content_id: str | None = None

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def error(self) -> dict[str, Any]:
        return self.json["error"]

    @property
    def code(self) -> str:
        return self.error["code"]


@dataclass
class Write:
    """A request of a change set."""

    method: str
    url: str
    body: Any = None
    content_id: str | None = None
    headers: dict[str, str] = field(default_factory=dict)

    def encode(self) -> bytes:
        content = b"" if self.body is None else json.dumps(self.body).encode()
        lines = ["Content-Type: application/http", "Content-Transfer-Encoding: binary"]
        if self.content_id is not None:
            lines.append(f"Content-ID: {self.content_id}")
        lines += ["", f"{self.method} {self.url} HTTP/1.1", "Content-Type: application/json"]
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        return "\r\n".join([*lines, f"Content-Length: {len(content)}", "", ""]).encode() + content


def repeatability(request_id: str | None = None, first_sent: datetime | None = None) -> dict[str, str]:
    """The two headers of a repeatable request."""
    sent = first_sent or datetime.now(UTC)
    return {
        "Repeatability-Request-ID": request_id or str(uuid.uuid4()),
        "Repeatability-First-Sent": format_datetime(sent.astimezone(UTC), usegmt=True),
    }


class Office:
    """The case system as one user meets it. user None: the account itself."""

    def __init__(self, user: str | None = None, client: Client | None = None) -> None:
        self.user = user
        self._client = client or Client()

    def send(self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None) -> Reply:
        """One request. path may be a URL of the service."""
        sent = {"Authorization": basic(ACCOUNT, SECRET), **(headers or {})}
        if self.user is not None:
            sent.setdefault("OnBehalfOf", f"User={self.user}")
        content_type = sent.pop("Content-Type", "application/json")
        data = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        target = path if path.startswith(("http", "/")) else f"/OData4/{path}"
        # Named twice because Django's client leaves it out where there is no body.
        typed: dict[str, Any] = {"content_type": content_type, "CONTENT_TYPE": content_type}
        if "Transfer-Encoding" in sent:
            # Django's own stream of a test wants to be asked for no more than there is; a server's does not mind.
            typed["wsgi.input"] = io.BytesIO(data)
        response = self._client.generic(method, target, data, headers=sent, **typed)
        content = b"".join(response.streaming_content) if response.streaming else response.content
        return Reply(response.status_code, {k.lower(): v for k, v in response.headers.items()}, content)

    def get(self, path: str, **options: str) -> Reply:
        from urllib.parse import quote, urlencode

        named = {f"${name}": value for name, value in options.items()}
        query = urlencode(named, quote_via=quote)
        return self.send("GET", path + (f"?{query}" if query else ""))

    def entities(self, path: str, **options: str) -> list[dict[str, Any]]:
        reply = self.get(path, **options)
        assert reply.status == 200, reply.body
        return reply.json["value"]

    def post(self, path: str, body: Any = None, headers: dict[str, str] | None = None) -> Reply:
        return self.send("POST", path, body, headers)

    def patch(self, path: str, body: Any, headers: dict[str, str] | None = None) -> Reply:
        return self.send("PATCH", path, body, headers)

    def made(self, path: str, body: Any) -> dict[str, Any]:
        """What a POST made; the POST must succeed."""
        reply = self.post(path, body)
        assert reply.status == 201, reply.body
        return reply.json

    def case(self, **values: Any) -> dict[str, Any]:
        return self.made("Files", CASE | values)

    def contact(self, **values: Any) -> dict[str, Any]:
        return self.made("Contacts", {"NameType_Value": "P", "Name1": "Anna Sørensen"} | values)

    def document(self, **values: Any) -> dict[str, Any]:
        return self.made("Records", {"Title": "A letter", "RecordType_Value": "DOK", "State_Value": "ARK"} | values)

    def upload(self, content: bytes, name: str = "letter.txt", content_type: str = "text/plain") -> str:
        reply = self.send("POST", "Documents", content, {"Content-Type": content_type, "Slug": name})
        assert reply.status == 201, reply.body
        return reply.json["ID"]

    def party(self, file: str, contact: str, role: str = "Sagspart") -> Reply:
        address = self.made("Addresses", {"Name@odata.bind": f"Contacts('{contact}')"})
        return self.post(
            "FileContacts",
            {
                "File@odata.bind": f"Files('{file}')",
                "Name@odata.bind": f"Contacts('{contact}')",
                "NameAddress@odata.bind": f"Addresses('{address['ID']}')",
                "CustomLabel_Value": role,
            },
        )

    def batch(self, *parts: Write | list[Write], headers: dict[str, str] | None = None) -> list[Reply | list[Reply]]:
        """A batch; a list among the parts is a change set."""
        reply = self.raw_batch(encode_batch(parts), headers=headers)
        assert reply.status == 200, reply.body
        return decode_batch(reply.headers["content-type"], reply.body)

    def raw_batch(self, body: bytes, boundary: str = "batch", headers: dict[str, str] | None = None) -> Reply:
        kind = {"Content-Type": f"multipart/mixed; boundary={boundary}"}
        return self.send("POST", "$batch", body, kind | (headers or {}))

    def change_set(self, *writes: Write) -> list[Reply]:
        """The answers of one change set; of a refused one, the one refusal."""
        (answer,) = self.batch(list(writes))
        return answer if isinstance(answer, list) else [answer]


def basic(name: str, secret: str) -> str:
    return "Basic " + base64.b64encode(f"{name}:{secret}".encode()).decode()


def encode_batch(parts: Any) -> bytes:
    encoded = b""
    for part in parts:
        encoded += b"--batch\r\n"
        if isinstance(part, list):
            encoded += b"Content-Type: multipart/mixed; boundary=changeset\r\n\r\n"
            for one in part:
                encoded += b"--changeset\r\n" + one.encode() + b"\r\n"
            encoded += b"--changeset--\r\n"
        else:
            encoded += part.encode()
        encoded += b"\r\n"
    return encoded + b"--batch--\r\n"


def decode_batch(content_type: str, body: bytes) -> list[Reply | list[Reply]]:
    """The answers in a batch's body, read with our own eyes rather than the service's code."""
    replies: list[Reply | list[Reply]] = []
    for headers, content in _parts(content_type, body):
        if headers["content-type"].startswith("multipart/mixed"):
            inner = _parts(headers["content-type"], content)
            replies.append([_reply(*part) for part in inner])
        else:
            replies.append(_reply(headers, content))
    return replies


def _parts(content_type: str, body: bytes) -> list[tuple[dict[str, str], bytes]]:
    boundary = re.search(r'boundary="?([^";]+)', content_type)
    assert boundary is not None
    pieces = (b"\r\n" + body).split(b"\r\n--" + boundary[1].encode())
    assert pieces[-1].startswith(b"--"), "the closing boundary"
    return [_headers_and_rest(piece.removeprefix(b"\r\n")) for piece in pieces[1:-1]]


def _headers_and_rest(content: bytes) -> tuple[dict[str, str], bytes]:
    head, _blank, rest = content.partition(b"\r\n\r\n")
    pairs = (line.split(":", 1) for line in head.decode().split("\r\n") if ":" in line)
    return {name.strip().lower(): value.strip() for name, value in pairs}, rest


def _reply(headers: dict[str, str], content: bytes) -> Reply:
    assert headers["content-type"] == "application/http"
    line, _newline, rest = content.partition(b"\r\n")
    inner, body = _headers_and_rest(rest)
    return Reply(int(line.split()[1]), inner, body, headers.get("content-id"))
