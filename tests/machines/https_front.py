"""What stands in front of a web server and ends TLS, as nginx does: `python -m machines.https_front ADDRESS PORT
CERTIFICATE KEY TO_PORT`."""

import asyncio
import ssl
import sys
from contextlib import suppress

from faults.proxy import Message, _message, _send

_BROKEN = (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError)
_LARGEST_HEAD = 256 * 1024


async def _ask(port: int, request: Message) -> Message | None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=_LARGEST_HEAD)
    try:
        head = request.head[:-2] + b"X-Forwarded-Proto: https\r\n\r\n"
        await _send(writer, Message(head, request.body))
        return await _message(reader)
    finally:
        writer.close()


async def _main(address: str, port: str, certificate: str, key: str, to_port: str) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(*_BROKEN):
            while (request := await _message(reader)) and (answer := await _ask(int(to_port), request)):
                await _send(writer, answer)
        writer.close()

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server = await asyncio.start_server(serve, address, int(port), ssl=context, limit=_LARGEST_HEAD)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_main(*sys.argv[1:6]))
