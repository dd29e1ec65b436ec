"""What whoever starts a new installation is told about signing in: once, and in no log or file of ours."""


def administrator(*, must_change: bool = True) -> tuple[str, ...]:
    """Lines with the first administrator's name and password, where there were no users yet; else nothing."""
    from formcase.accounts.managing import first_administrator

    made = first_administrator(must_change=must_change)
    if made is None:
        return ()
    user, password = made
    changed = " (it must be changed at the first sign-in)" if must_change else ""
    return (
        f"Sign in as: {user.username}",
        f"Password, shown this once: {password}{changed}",
    )
