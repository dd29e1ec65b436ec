"""Who may come in to the pages: attempts and their limits, passwords, logins of browsers. Knows no page."""
