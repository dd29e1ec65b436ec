"""The addresses of the pages, each guarded by the role that it asks for."""

from django.urls import path

from formcase.configurator.page import guarded
from formcase.configurator.pages import pages

app_name = "configurator"
urlpatterns = [path(page.route, guarded(page), name=page.name) for page in pages()]
