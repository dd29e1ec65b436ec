"""The form service's listener: the entry to serving the Interact API, importable before Django is set up."""

from pathlib import Path


def run_listener(host: str, port: int, certificate: Path | None, key: Path | None) -> None:
    """Serve the Interact API until SIGTERM or SIGINT, with this server certificate and its key. Django is set up.

    It is to be a process of its own: only this server demands client certificates and shows them to the application.
    Without certificate and key it is plain HTTP, which is answered to loopback addresses only, and only where the
    setting FORMSERVICE_ALLOW_LOOPBACK_HTTP allows it.
    """
    from formcase.formservice.serving import serve

    serve(host, port, certificate, key)
