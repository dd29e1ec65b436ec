"""Service workflows: what is set up, watched and filed, and the journal and log of all of it."""
