"""What `formcase demo` does: sets a whole installation up on one machine, hands samples in, and sees them filed."""
