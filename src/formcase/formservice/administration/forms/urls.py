"""The addresses of the pages for forms."""

from django.urls import URLPattern, path

from formcase.formservice.administration.forms import (
    comparing_pages,
    draft_pages,
    form_pages,
    preview_pages,
    trial_pages,
)

_FORM, _TEST = "forms/<str:form_id>/", "form-tests/<str:key>/"

urlpatterns: list[URLPattern] = [
    path("forms/", form_pages.forms, name="forms"),
    path("new-form/", draft_pages.form_new, name="form_new"),
    path(_FORM, form_pages.form, name="form"),
    path(f"{_FORM}compare/", comparing_pages.form_compare, name="form_compare"),
    path(f"{_FORM}draft/", draft_pages.form_draft, name="form_draft"),
    path(f"{_FORM}draft/publish/", draft_pages.form_publish, name="form_publish"),
    path(f"{_FORM}draft/throw-away/", draft_pages.form_throw_away, name="form_throw_away"),
    path(f"{_FORM}<str:which>/json", form_pages.form_json, name="form_json"),
    path(f"{_FORM}<str:which>/preview/", preview_pages.form_preview, name="form_preview"),
    path(f"{_FORM}<str:which>/test/", trial_pages.form_try, name="form_try"),
    path(f"{_TEST}<int:number>/", trial_pages.form_test_page, name="form_test_page"),
    path(f"{_TEST}summary/", trial_pages.form_test_summary, name="form_test_summary"),
    path(f"{_TEST}result/", trial_pages.form_test_receipt, name="form_test_receipt"),
    path(f"{_TEST}xml", trial_pages.form_test_file, {"kind": "xml"}, name="form_test_xml"),
    path(f"{_TEST}pdf", trial_pages.form_test_file, {"kind": "pdf"}, name="form_test_pdf"),
    path(f"{_TEST}files/<str:upload>", trial_pages.form_test_file, {"kind": "file"}, name="form_test_upload"),
]
