"""Case systems: the port that filing writes through, and one folder for each kind."""
