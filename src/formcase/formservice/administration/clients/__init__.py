"""The pages of clients: who they are, what is released to them, and the certificates that they come with."""
