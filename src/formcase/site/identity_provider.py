"""The OpenID Connect provider that users may sign in through, where one is set, as allauth takes it."""

from urllib.parse import urlsplit

from formcase.site.configuration import Configuration


def identity_provider(settings: Configuration) -> dict[str, object]:
    """Nothing where no provider is set."""
    if settings.oidc_url is None or settings.oidc_client_secret is None:
        return {}
    app = {
        "provider_id": "oidc",
        "name": settings.oidc_name or "OpenID Connect",
        "client_id": settings.oidc_client_id,
        "secret": settings.oidc_client_secret.get_secret_value(),
        "settings": {"server_url": settings.oidc_url.rstrip("/"), "fetch_userinfo": True, "oauth_pkce_enabled": True},
    }
    return {"openid_connect": {"APPS": [app]}}


def form_targets(settings: Configuration) -> tuple[str, ...]:
    """The origins that signing in leads to; browsers hold a form to the origins that the page names."""
    if settings.oidc_url is None:
        return ()
    parts = urlsplit(settings.oidc_url)
    return (f"{parts.scheme}://{parts.netloc}",)
