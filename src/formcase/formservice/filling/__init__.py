"""Filling in a form: pages for everybody, what was typed kept until it is sent, and sent once only."""
