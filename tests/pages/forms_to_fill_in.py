"""A form with everything that a form can ask, in English and in Danish, and what somebody answers."""

from formcase.formservice import forms
from formcase.formservice.design import Form

NATIONS = ("NO", "SE", "FI", "IS", "FO", "GL", "DE", "GB")


def everything(language: str = "en") -> dict[str, object]:
    """The definition."""
    danish = language == "da"

    def said(english: str, dansk: str) -> str:
        return dansk if danish else english

    return {
        "id": f"every-{language}",
        "title": said("Building permit", "Byggetilladelse"),
        "version": 1,
        "language": language,
        "about": said("Apply here before you build.", "Søg her, før du bygger."),
        "largestTotal": 3_000_000,
        "pages": [
            {
                "name": "Person",
                "title": said("About you", "Om dig"),
                "help": said("We need to know who you are.", "Vi skal vide, hvem du er."),
                "items": [
                    {
                        "field": "Name",
                        "title": said("Full name", "Fulde navn"),
                        "required": True,
                        "autocomplete": "name",
                    },
                    {"field": "Cpr", "title": said("CPR number", "CPR-nummer"), "type": "cpr", "required": True},
                    {"field": "Email", "title": said("E-mail", "E-mail"), "type": "email"},
                    {"field": "Phone", "title": said("Phone", "Telefon"), "type": "phone"},
                    {
                        "field": "Company",
                        "title": said("Do you apply for a company?", "Søger du for en virksomhed?"),
                        "type": "boolean",
                        "required": True,
                    },
                    {
                        "field": "Cvr",
                        "title": said("CVR number", "CVR-nummer"),
                        "type": "cvr",
                        "required": True,
                        "shownWhen": {"answer": "{Person.Company}", "is": True},
                    },
                ],
            },
            {
                "name": "Work",
                "title": said("What is built", "Hvad der bygges"),
                "items": [
                    {
                        "field": "Kind",
                        "title": said("Kind of work", "Arbejdets art"),
                        "type": "choice",
                        "required": True,
                        "choices": [
                            {"value": "new", "title": said("New building", "Nybyggeri")},
                            {"value": "add", "title": said("Extension", "Tilbygning")},
                        ],
                    },
                    {
                        "field": "Also",
                        "title": said("Also", "Desuden"),
                        "type": "choice",
                        "multiple": True,
                        "choices": [
                            {"value": "road", "title": said("Crossover", "Overkørsel")},
                            {"value": "tree", "title": said("Trees are felled", "Træer fældes")},
                        ],
                    },
                    {
                        "field": "Style",
                        "title": said("As they build in", "Som de bygger i"),
                        "type": "choice",
                        "choices": [{"value": nation, "title": nation} for nation in NATIONS],
                    },
                    {"field": "Floors", "title": said("Floors", "Etager"), "type": "integer"},
                    {
                        "field": "Area",
                        "title": said("Area in m²", "Areal i m²"),
                        "type": "decimal",
                        "required": True,
                        "help": said("As on the drawing.", "Som på tegningen."),
                    },
                    {"field": "Start", "title": said("Start", "Start"), "type": "date"},
                    {"field": "Meeting", "title": said("Meeting", "Møde"), "type": "dateTime"},
                    {
                        "field": "Why",
                        "title": said("Why do you build?", "Hvorfor bygger du?"),
                        "multiline": True,
                    },
                    {
                        "group": "Rooms",
                        "title": said("Room", "Rum"),
                        "repeats": True,
                        "atMost": 3,
                        "items": [
                            {"field": "Use", "title": said("Use", "Anvendelse"), "required": True},
                            {"field": "Area", "title": said("Room area", "Rummets areal"), "type": "decimal"},
                        ],
                    },
                ],
            },
            {
                "name": "Road",
                "title": said("The crossover", "Overkørslen"),
                "shownWhen": {"answer": "{Work.Also}", "is": "road"},
                "items": [{"field": "Width", "title": said("Width in m", "Bredde i m"), "type": "decimal"}],
            },
            {
                "name": "Papers",
                "title": said("Drawings", "Tegninger"),
                "items": [
                    {
                        "field": "Drawings",
                        "title": said("Drawings of the building", "Tegninger af bygningen"),
                        "type": "file",
                        "multiple": True,
                        "required": True,
                        "accept": ["pdf", "png", "csv"],
                        "largestFile": 2_000_000,
                    },
                    {"field": "Deed", "title": said("Deed", "Skøde"), "type": "file"},
                ],
            },
            {
                "name": "WZ_ODATA",
                "hidden": True,
                "items": [
                    {
                        "group": "Files",
                        "items": [
                            {"field": "Title", "default": "{Person.Name}"},
                            {"field": "FileClass_Value", "default": "02.34"},
                        ],
                    }
                ],
            },
        ],
    }


def published(language: str = "en") -> Form:
    """The form, published."""
    return forms.publish(everything(language))
