"""The source that speaks the Interact API, version 1. The names to use from outside."""
