"""Comparing what the form service says, what the journal knows and what the case system holds: whatever one of them
can't account for is found, told and, where it can be, put right."""
