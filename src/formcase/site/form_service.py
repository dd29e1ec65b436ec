"""The process of the built-in form service's listener, run as `python -m formcase.site.form_service`.

Host and port (the one after the web port) are the installation's settings.
"""

import os

from formcase.site.configuration import configuration


def serve() -> None:
    """Serve until a signal ends it."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "formcase.site.settings")
    django.setup()
    from formcase.formservice.listener import run_listener
    from formcase.formservice.setup import ensure_authority

    settings = configuration()
    files = ensure_authority()
    run_listener(settings.host, settings.port + 1, files.server_certificate, files.server_key)


if __name__ == "__main__":
    serve()
