"""How many submissions became what on each day: the statuses over time."""

from django import forms as django_forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from formcase.formservice.administration.chart import PERIODS, became
from formcase.formservice.administration.finding import form_choices
from formcase.formservice.administration.guarding import for_administrators
from formcase.formservice.administration.showing import link_to, show
from formcase.formservice.administration.statuses import WORDS
from formcase.formservice.models import Administrator


class _Wanted(django_forms.Form):
    """What the chart is narrowed by."""

    form = django_forms.ChoiceField(label=gettext_lazy("Form"), required=False)
    days = django_forms.TypedChoiceField(label=gettext_lazy("Period"), required=False, coerce=int)

    def __init__(self, data: object) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        form, days = self.fields["form"], self.fields["days"]
        if isinstance(form, django_forms.ChoiceField) and isinstance(days, django_forms.ChoiceField):
            form.choices = [("", _("All")), *form_choices()]
            days.choices = [(number, _("{days} days").format(days=number)) for number in PERIODS]


@for_administrators
@require_GET
def dialogues_over_time(request: HttpRequest, administrator: Administrator) -> HttpResponse:
    """The chart."""
    wanted = _Wanted(request.GET)
    wanted.is_valid()
    form_id, days = str(wanted.cleaned_data.get("form") or ""), wanted.cleaned_data.get("days") or PERIODS[0]
    context = {"wanted": wanted, "chart": became(days, form_id), "words": WORDS, "days": days}
    title = _("Statuses over time")
    return show(request, administrator, "over_time", context, title=title, above=(link_to("dialogues"),))
