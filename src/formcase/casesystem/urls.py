"""The addresses of the case system: its OData service, and its token endpoint."""

from django.urls import path, re_path

from formcase.casesystem.tokens import token
from formcase.casesystem.views import odata

urlpatterns = [
    re_path(r"^OData4(?:/(?P<path>.*))?$", odata, name="case-system-odata"),
    path("case-system/oauth2/token", token, name="case-system-token"),
]
