"""What whoever starts a new installation is told about signing in: once, and in no log or file of ours."""


def administrator(*, must_change: bool = True) -> tuple[str, ...]:
    """Lines with the first administrators' names and passwords, where there were none yet; else nothing."""
    return (*_of_formcase(must_change=must_change), *_of_the_form_service(must_change=must_change))


def _of_formcase(*, must_change: bool) -> tuple[str, ...]:
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


def _of_the_form_service(*, must_change: bool) -> tuple[str, ...]:
    from formcase.formservice.administration.passwords import first_administrator

    made = first_administrator(must_change=must_change)
    return (f"Administrator of the form service (/form-service/): {made[0]}, password {made[1]}",) if made else ()
