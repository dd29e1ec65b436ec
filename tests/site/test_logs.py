"""Logs: structured, and without what people wrote."""

import json
import logging

import psycopg
import pytest
import structlog

from formcase.site.logs import logging_settings


@pytest.fixture
def line(capsys):
    """Log something through a handler made from the settings, and read the line."""

    def logged(log) -> dict[str, object]:
        settings = logging_settings("json", "info")["formatters"]["structured"]
        formatter = settings.pop("()")(**settings)
        handler = logging.StreamHandler()
        handler.setFormatter(formatter)
        logger = logging.getLogger("formcase.test")
        logger.addHandler(handler)
        logger.propagate = False
        try:
            log(logger, structlog.wrap_logger(logger, processors=structlog.get_config()["processors"]))
        finally:
            logger.removeHandler(handler)
        return json.loads(capsys.readouterr().err)

    return logged


def test_an_event_is_one_json_object_with_its_facts(line):
    found = line(lambda _plain, structured: structured.info("filed", submission=7, letters="æøå"))
    assert (found["event"], found["submission"], found["letters"], found["level"]) == ("filed", 7, "æøå", "info")
    assert found["timestamp"].endswith("Z")


def test_an_exception_is_told_by_kind_and_place_and_never_by_its_text(line):
    def log(plain, _structured) -> None:
        try:
            try:
                raise psycopg.errors.UniqueViolation("Key (code)=(010190-1234) already exists")
            except psycopg.Error as error:
                raise ValueError("Ane Hemmelig") from error
        except ValueError:
            plain.exception("it failed")

    found = line(log)
    text = json.dumps(found)
    assert "ValueError" in text
    assert "UniqueViolation (23505)" in text
    assert "test_logs.py" in text
    assert "Hemmelig" not in text
    assert "010190" not in text


def test_a_library_that_logs_in_the_old_way_is_structured_too(line):
    found = line(lambda plain, _structured: plain.warning("%s of %s", 1, 2))
    assert (found["event"], found["level"], found["logger"]) == ("1 of 2", "warning", "formcase.test")
