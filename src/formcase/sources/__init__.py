"""Form services: the port that filing reads through, and one folder for each kind."""
