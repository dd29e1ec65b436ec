"""What comes with a page's form is bounded, whoever sends it, and nothing of it stays lying."""

import io
import os
import time
from pathlib import Path

import pytest
from django.test import Client

from formcase import arriving_files

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tmp_path, settings) -> Path:
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path / "uploads")
    return tmp_path / "uploads"


@pytest.mark.parametrize("address", ["/case-system/login/", "/case-system/new-document/", "/form-service/sign-in/"])
def test_nobody_fills_the_disk_through_a_page(address, folder, monkeypatch):
    monkeypatch.setattr(arriving_files, "MOST", 1000)
    for size, answers in ((1001, {400, 302}), (1000, {200, 302})):
        file = io.BytesIO(b"x" * size)
        file.name = "large.bin"
        answer = Client().post(address, {"name": "nobody", "file": file})
        assert answer.status_code in answers
        answer.close()
    assert not folder.exists() or list(folder.iterdir()) == []


def test_what_a_killed_process_left_lying_is_removed_a_day_later(folder):
    folder.mkdir()
    for name, hours in (("old", 25), ("fresh", 1)):
        (folder / name).write_bytes(b"half")
        at = time.time() - hours * 3600
        os.utime(folder / name, (at, at))
    assert arriving_files.remove_left_lying() == 1
    assert [path.name for path in folder.iterdir()] == ["fresh"]
