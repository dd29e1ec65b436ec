"""The addresses of the pages of clients."""

from django.urls import URLPattern, path

from formcase.formservice.administration.clients import certificate_pages, pages

_CLIENT = "clients/<int:key>/"
_CERTIFICATE = f"{_CLIENT}certificates/<int:certificate>/"

urlpatterns: list[URLPattern] = [
    path("clients/", pages.client_list, name="clients"),
    path("clients/new/", pages.client_create, name="client_create"),
    path(_CLIENT, pages.client_page, name="client"),
    path(f"{_CLIENT}edit/", pages.client_edit, name="client_edit"),
    path(f"{_CLIENT}disable/", pages.client_disable, name="client_disable"),
    path(f"{_CLIENT}enable/", pages.client_enable, name="client_enable"),
    path(f"{_CLIENT}certificates/add/", certificate_pages.certificate_add, name="client_certificate_add"),
    path(f"{_CLIENT}certificates/issue/", certificate_pages.certificate_issue, name="client_certificate_issue"),
    path(f"{_CERTIFICATE}pem", certificate_pages.certificate_pem, name="client_certificate_pem"),
    path(f"{_CERTIFICATE}revoke/", certificate_pages.certificate_revoke, name="client_certificate_revoke"),
]
