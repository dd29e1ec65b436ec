"""The audit log: who changed what, when, from what to what. Entries are added, never changed and never taken away."""
