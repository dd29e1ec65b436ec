"""The addresses of the log of calls."""

from django.urls import URLPattern, path

from formcase.formservice.administration.calls import pages

urlpatterns: list[URLPattern] = [
    path("calls/", pages.call_list, name="calls"),
    path("calls/csv", pages.call_export, name="calls_csv"),
]
