"""Pages for administrators only: who is not signed in is led to do so, who must change the password does that first."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.cache import never_cache

from formcase.formservice.administration.sessions import COOKIE, administrator_of
from formcase.formservice.models import Administrator

_P = ParamSpec("_P")
View = Callable[Concatenate[HttpRequest, Administrator, _P], HttpResponseBase]
_CHANGE = "form_service:password"


def for_administrators(view: View[_P]) -> Callable[..., HttpResponseBase]:
    """A view that gets the administrator who is signed in."""

    @never_cache
    @wraps(view)
    def guarded(request: HttpRequest, /, *args: _P.args, **kwargs: _P.kwargs) -> HttpResponseBase:
        administrator = administrator_of(request.COOKIES.get(COOKIE, ""))
        if administrator is None:
            query = urlencode({"next": request.get_full_path()}) if request.method == "GET" else ""
            return HttpResponseRedirect(f"{reverse('form_service:sign_in')}{'?' if query else ''}{query}")
        own = request.resolver_match.view_name if request.resolver_match else ""
        if administrator.must_change and own != _CHANGE:
            return HttpResponseRedirect(reverse(_CHANGE))
        return view(request, administrator, *args, **kwargs)

    return guarded
