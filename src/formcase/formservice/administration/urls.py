"""The addresses of the administrators' pages."""

from django.urls import URLPattern, path
from django.views.generic import RedirectView

from formcase.formservice.administration import dialogue_pages, history_pages, retention_pages, sign_in
from formcase.formservice.administration.calls import urls as calls
from formcase.formservice.administration.clients import urls as clients
from formcase.formservice.administration.forms import urls as forms

app_name = "form_service"
_DIALOGUE = "dialogues/<str:reference>/"

urlpatterns: list[URLPattern] = [
    path("", RedirectView.as_view(pattern_name="form_service:dialogues"), name="start"),
    path("sign-in/", sign_in.sign_in, name="sign_in"),
    path("sign-out/", sign_in.sign_out, name="sign_out"),
    path("password/", sign_in.password, name="password"),
    path("dialogues/", dialogue_pages.dialogues, name="dialogues"),
    path("dialogues-over-time/", history_pages.dialogues_over_time, name="dialogues_over_time"),
    path(_DIALOGUE, dialogue_pages.dialogue, name="dialogue"),
    path(f"{_DIALOGUE}xml", dialogue_pages.dialogue_file, {"kind": "xml"}, name="dialogue_xml"),
    path(f"{_DIALOGUE}pdf", dialogue_pages.dialogue_file, {"kind": "pdf"}, name="dialogue_pdf"),
    path(
        f"{_DIALOGUE}attachments/<str:attachment_id>",
        dialogue_pages.dialogue_file,
        {"kind": "attachment"},
        name="dialogue_attachment",
    ),
    *forms.urlpatterns,
    path("retention/", retention_pages.retention_list, name="retention"),
    path("retention/<str:form_id>/", retention_pages.retention_form, name="retention_form"),
    *clients.urlpatterns,
    *calls.urlpatterns,
]
