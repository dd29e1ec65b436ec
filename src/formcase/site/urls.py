"""Which address leads where."""

from django.urls import URLPattern, URLResolver, include, path

from formcase.site import health, start_page

urlpatterns: list[URLPattern | URLResolver] = [
    path("", start_page.start_page, name="start"),
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    path("", include("formcase.casesystem.urls")),
]
