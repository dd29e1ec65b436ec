"""Who may come in, and as what: users, roles, sign-in with a second factor. Shows no pages: the configurator does."""
