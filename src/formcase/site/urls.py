"""Which address leads where."""

from django.urls import URLPattern, URLResolver, include, path
from django.views.i18n import set_language

from formcase.site import health

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    path("accountedz", health.accounted, name="accountedz"),
    path("language/", set_language, name="set_language"),
    path("account/", include("formcase.accounts.urls")),
    path("", include("formcase.casesystem.urls")),
    path("", include("formcase.formservice.urls")),
    path("", include("formcase.configurator.urls")),
]
