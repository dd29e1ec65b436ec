"""The addresses at which forms are filled in."""

from django.urls import URLPattern, path

from formcase.formservice.filling import views

app_name = "forms"
_DRAFT = "<str:form_id>/<str:key>/"

urlpatterns: list[URLPattern] = [
    path("", views.all_forms, name="all"),
    path("<str:form_id>/", views.start, name="start"),
    path(f"{_DRAFT}summary/", views.summary, name="summary"),
    path(f"{_DRAFT}receipt/", views.receipt, name="receipt"),
    path(f"{_DRAFT}receipt/pdf", views.receipt_pdf, name="receipt_pdf"),
    path(f"{_DRAFT}<int:number>/", views.page, name="page"),
]
