"""A form with every way of answering: alone, several times, in groups within groups, by files."""

ROOMS = {
    "id": "800900",
    "title": "Rooms",
    "version": 1,
    "language": "en",
    "pages": [
        {
            "name": "P",
            "items": [
                {"field": "Name", "required": True},
                {"field": "Kinds", "type": "choice", "multiple": True, "choices": [{"value": "a"}, {"value": "b"}]},
                {"field": "Remarks", "multiple": True},
                {
                    "group": "Rooms",
                    "repeats": True,
                    "atMost": 2,
                    "items": [
                        {"field": "Use", "required": True},
                        {"group": "Size", "items": [{"field": "Area", "type": "decimal"}]},
                    ],
                },
                {"field": "Photos", "type": "file", "multiple": True, "largestFile": 100},
                {"field": "Plan", "type": "file"},
            ],
        },
    ],
    "largestTotal": 200,
}
