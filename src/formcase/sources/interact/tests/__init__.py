"""Tests of the Interact source against a scripted form service over real TLS."""
