"""The addresses of the Interact API. An unknown one, or an unknown method, is answered with problem details, too."""

from http import HTTPStatus

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path, re_path

from formcase.formservice.interact import file_views, form_views, status_views, submission_views, token_views
from formcase.formservice.interact.problems import ProblemError, View, not_found, with_problems


def _call(kind: str, route: str, view: View, *methods: str) -> URLPattern:
    """One call of the API, at its path and by its methods only. kind: what the log of calls names it."""

    @with_problems
    async def answered(request: HttpRequest, **names: str) -> HttpResponseBase:
        if request.method not in methods:
            detail = f"Only {', '.join(methods)} can be said here."
            raise ProblemError(HTTPStatus.METHOD_NOT_ALLOWED, detail, {"Allow": ", ".join(methods)})
        return await view(request, **names)

    return path(f"interact/{route}", answered, name=kind)


@with_problems
async def _nothing(_request: HttpRequest) -> HttpResponseBase:
    raise not_found("There is nothing at this address.")


urlpatterns = [
    _call("token", "oauth2/token", token_views.token, "POST"),
    _call("forms", "api/v1/forms", form_views.form_list, "GET", "HEAD"),
    _call("form", "api/v1/forms/<str:form_id>", form_views.form_definition, "GET", "HEAD"),
    _call("submissions", "api/v1/submissions", submission_views.submission_list, "GET", "HEAD"),
    _call("submission", "api/v1/submissions/<str:submission_id>", submission_views.submission_detail, "GET", "HEAD"),
    _call("xml", "api/v1/submissions/<str:submission_id>/xml", file_views.xml, "GET", "HEAD"),
    _call("pdf", "api/v1/submissions/<str:submission_id>/pdf", file_views.pdf, "GET", "HEAD"),
    _call(
        "attachment",
        "api/v1/submissions/<str:submission_id>/attachments/<str:attachment_id>",
        file_views.attachment,
        "GET",
        "HEAD",
    ),
    _call("status", "api/v1/submissions/<str:submission_id>/status", status_views.status, "PUT"),
    re_path("", _nothing, name="unknown"),
]
