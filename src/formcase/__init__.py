"""Formcase files every submitted form exactly once as cases, documents and contacts in a case system."""

__version__ = "0.1.0"
