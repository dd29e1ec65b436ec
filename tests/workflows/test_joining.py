"""A machine without the keys that the others seal with is told so when it starts, and spoils nothing for them."""

import pytest
from asgiref.sync import sync_to_async

from formcase.workflows import data_keys
from formcase.workflows.data_keys import UnusableKey
from formcase.workflows.joining import demand_common_keys


async def test_a_worker_without_the_others_keys_does_not_join_them(bench, settings, monkeypatch):
    await sync_to_async(data_keys.current_key)()
    await sync_to_async(demand_common_keys)()
    monkeypatch.setattr("formcase.site.content_keys.content_keys", lambda: ("another machine's key " * 2,))
    data_keys._OPENED.clear()
    await sync_to_async(demand_common_keys)()  # nobody else is at work: it works, and the pages tell what is missing
    await bench.rows("insert into procrastinate_workers default values")
    with pytest.raises(UnusableKey, match="content key"):
        await sync_to_async(demand_common_keys)()
    await bench.rows("update procrastinate_workers set last_heartbeat = now() - interval '1 minute'")
    await sync_to_async(demand_common_keys)()
