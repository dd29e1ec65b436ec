"""The addresses of the case system: its OData service, its token endpoint, and its pages."""

from django.urls import include, path, re_path

from formcase.casesystem.pages import pages
from formcase.casesystem.pages.entering import log_in, log_out
from formcase.casesystem.pages.guarding import guarded
from formcase.casesystem.tokens import token
from formcase.casesystem.views import odata

_pages = [
    path("case-system/login/", log_in, name="login"),
    path("case-system/logout/", log_out, name="logout"),
    *(path(page.route, guarded(page), name=page.name) for page in pages()),
]
urlpatterns = [
    re_path(r"^OData4(?:/(?P<path>.*))?$", odata, name="case-system-odata"),
    path("case-system/oauth2/token", token, name="case-system-token"),
    path("", include((_pages, "casesystem"))),
]
