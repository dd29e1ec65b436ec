"""One submission's way from the form service to the case system, and how it survives everything in between."""
