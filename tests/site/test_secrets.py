"""Generated secrets: made once, kept, closed to others."""

import stat
from concurrent.futures import ThreadPoolExecutor

from formcase.site.secrets import known_secret, secret


def test_a_secret_is_made_once_and_kept(tmp_path):
    assert known_secret(tmp_path, "key") is None
    made = secret(tmp_path, "key")
    assert len(made) >= 50
    assert secret(tmp_path, "key") == made == known_secret(tmp_path, "key")


def test_a_secret_is_readable_by_its_owner_only(tmp_path):
    secret(tmp_path, "key")
    assert stat.S_IMODE((tmp_path / "secrets" / "key").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "secrets").stat().st_mode) == 0o700


def test_processes_that_start_together_get_the_same_secret(tmp_path):
    with ThreadPoolExecutor(16) as pool:
        made = set(pool.map(lambda _: secret(tmp_path, "key"), range(64)))
    assert len(made) == 1
    assert [path.name for path in (tmp_path / "secrets").iterdir()] == ["key"]
