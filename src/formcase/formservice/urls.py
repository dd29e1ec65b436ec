"""The addresses of the form service's pages on the web port. The Interact API has a port of its own."""

from django.urls import URLResolver, include, path

urlpatterns: list[URLResolver] = [
    path("form-service/", include("formcase.formservice.administration.urls")),
    path("forms/", include("formcase.formservice.filling.urls")),
]
