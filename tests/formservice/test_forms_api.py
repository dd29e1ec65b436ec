"""Which forms a client sees, and their definitions."""

from datetime import datetime

from formcase.formservice import setup


def test_a_client_sees_the_newest_version_of_the_forms_that_are_released_to_it(service, form):
    setup.publish_form(form("800636"))
    setup.publish_form(form("800636", version=3, title="Flag permit, new"))
    setup.publish_form(form("800702"))
    client = service.client(["800636", "not-there"])
    (only,) = client.get("/forms").json["forms"]
    assert (only["id"], only["title"], only["version"]) == ("800636", "Flag permit, new", 3)
    assert datetime.fromisoformat(only["updatedAt"]).tzinfo is not None
    assert [form["id"] for form in service.client().get("/forms").json["forms"]] == ["800636", "800702"]


def test_a_form_that_is_published_later_is_released_to_who_has_all(service, client, form):
    setup.publish_form(form("800999"))
    assert "800999" in [form["id"] for form in client.get("/forms").json["forms"]]


def test_a_definition_shows_every_key_and_the_templates_as_designed(service, form):
    pages = [
        {
            "name": "Work",
            "title": "What?",
            "items": [
                {"field": "Kind", "type": "choice", "choices": [{"value": "1", "title": "Idea"}], "required": True},
                {"field": "Plan", "type": "file", "multiple": True},
                {"group": "Rooms", "repeats": True, "items": [{"field": "Use"}]},
            ],
        },
        {"name": "WZ_ODATA", "hidden": True, "items": [{"field": "Title", "default": "{{x}} {Work.Kind}"}]},
    ]
    setup.publish_form(form("800711", pages=pages))
    answer = service.client().get("/forms/800711").json
    assert set(answer) == {"id", "title", "version", "updatedAt", "pages"}
    kind, rooms = answer["pages"][0]["items"]
    assert kind == {
        "field": "Kind",
        "title": None,
        "type": "choice",
        "required": True,
        "multiple": False,
        "choices": [{"value": "1", "title": "Idea"}],
        "default": None,
    }
    assert (rooms["group"], rooms["repeats"], rooms["title"]) == ("Rooms", True, None)
    assert answer["pages"][1]["hidden"] is True
    assert answer["pages"][1]["items"][0]["default"] == "{{x}} {Work.Kind}"


def test_a_definition_is_the_newest_unless_a_version_is_asked_for(service, form):
    for version in (1, 2):
        setup.publish_form(form(version=version, title=f"Version {version}"))
    client = service.client()
    assert client.get("/forms/800636").json["title"] == "Version 2"
    assert client.get("/forms/800636?version=1").json["title"] == "Version 1"
    assert client.get("/forms/800636?version=7").is_problem(404)
    for malformed in ("0", "x", "-1", "1.0", "", "99999999999"):
        assert client.get(f"/forms/800636?version={malformed}").is_problem(400), malformed
    assert client.get("/forms/800636?version=1&version=2").is_problem(400)


def test_a_form_that_is_not_released_is_403_and_one_that_is_not_there_404(service, form):
    setup.publish_form(form("800636"))
    client = service.client(["800702"])
    assert client.get("/forms/800636").is_problem(403)
    assert client.get("/forms/800636?version=9").is_problem(403)
    assert client.get("/forms/800000").is_problem(404)
    assert client.get("/forms/%00").is_problem(404)
