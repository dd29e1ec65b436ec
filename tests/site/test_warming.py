"""The first page of a worker does not wait for what all pages need."""

import pytest
from django.conf import settings
from django.urls import clear_url_caches, get_resolver, reverse
from django.urls.resolvers import URLResolver
from django.utils.translation import override

from formcase.site.warming import warm_up


def test_a_worker_that_is_warm_makes_out_no_address_any_more(monkeypatch):
    clear_url_caches()
    warm_up()
    monkeypatch.setattr(URLResolver, "_populate", lambda self: pytest.fail("an address is made out only now"))
    for language, _name in settings.LANGUAGES:
        with override(language):
            assert reverse("configurator:start") == "/"
            assert "start" in get_resolver().namespace_dict["configurator"][1].reverse_dict
