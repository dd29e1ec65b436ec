"""The Interact API, version 1, as the form service serves it: tokens, forms, submissions, files, statuses.

The views know HTTP; what is kept and allowed is known by the modules of the form service itself.
"""
