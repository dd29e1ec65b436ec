"""The set-up of the case system: its tables, what their rows must be, and all of it as one file. Knows no page."""
