"""What is said when the embedded database can't run."""


class EmbeddedDatabaseError(Exception):
    """The embedded database can't be used; the text says why and what to do."""
