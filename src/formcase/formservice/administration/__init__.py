"""The pages of those who look after the form service: submitted dialogues, clients, forms, and signing in to them."""
