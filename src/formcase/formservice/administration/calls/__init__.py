"""The pages of the log of calls to the Interact API."""
