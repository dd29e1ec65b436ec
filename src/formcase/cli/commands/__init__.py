"""The commands, one file for each group. A command's module is loaded when the command is used, not before."""

from cyclopts import App


def register(app: App) -> None:
    """Say which commands there are and where each one's code is."""
    app.command("formcase.cli.commands.serve:serve", name="serve", help="Run the web server and the form service.")
    app.command("formcase.cli.commands.migrate:migrate", name="migrate", help="Bring the database's tables up to date.")
    app.command(
        "formcase.cli.commands.submit:submit", name="submit", help="Hand in a form at the built-in form service."
    )

    app.command(_form_service())
    form = App(name="form", help="The forms of the built-in form service.")
    form.command("formcase.cli.commands.form:list_forms", name="list", help="List the forms.")
    form.command("formcase.cli.commands.form:publish", name="publish", help="Publish a new version of a form.")
    app.command(form)

    certificate = App(name="certificate", help="The client certificates that form services know Formcase by.")
    certificate.command(
        "formcase.cli.commands.certificate:import_", name="import", help="Keep a certificate with its key."
    )
    certificate.command("formcase.cli.commands.certificate:list_", name="list", help="List the certificates.")
    app.command(certificate)

    user = App(name="user", help="Who may sign in to the Configurator, and as what.")
    for name, (function, text) in _USER.items():
        user.command(f"formcase.cli.commands.user:{function}", name=name, help=text)
    app.command(user)

    case_system = App(name="case-system", help="The built-in case system.")
    for name, (function, text) in _CASE_SYSTEM.items():
        case_system.command(f"formcase.cli.commands.case_system:{function}", name=name, help=text)
    app.command(case_system)

    app.command("formcase.cli.commands.worker:worker", name="worker", help="Watch and file, until a signal ends it.")
    app.command("formcase.cli.commands.demo:demo", name="demo", help="Run everything on this machine, with samples.")

    workflow = App(name="workflow", help="Service workflows: what is fetched, and how it is filed.")
    for name, (function, text) in _WORKFLOW.items():
        workflow.command(f"formcase.cli.commands.workflow:{function}", name=name, help=text)
    for kind, about in _CARRIED.items():
        carried = App(name=kind, help=about)
        for name, (function, text) in _VERSIONS.items():
            carried.command(f"formcase.cli.commands.workflow_{kind}:{function}", name=name, help=text)
        workflow.command(carried)
    app.command(workflow)

    app.command("formcase.cli.commands.check:check", name="check", help="Check whether service workflows can work.")
    app.command("formcase.cli.commands.plan:plan", name="plan", help="Show what would be written for a submission.")
    app.command("formcase.cli.commands.submission:list_", name="submissions", help="List submissions, newest first.")
    submission = App(name="submission", help="One submission: look, try again, say that it was handled by hand.")
    submission.command("formcase.cli.commands.submission:show", name="show", help="Show where it is, and why.")
    submission.command("formcase.cli.commands.submission:retry", name="retry", help="Try it, or several, again now.")
    submission.command(
        "formcase.cli.commands.submission:to_error_case",
        name="to-error-case",
        help="Make an error case of it, or of several, whatever is mapped.",
    )
    submission.command(
        "formcase.cli.commands.submission:handled", name="handled", help="Say that a person has filed it."
    )
    app.command(submission)
    error_cases = App(name="error-cases", help="Submissions that became error cases, by cause.")
    error_cases.command("formcase.cli.commands.error_cases:list_", name="list", help="List the causes.")
    error_cases.command(
        "formcase.cli.commands.error_cases:again", name="again", help="File all error cases of a cause again."
    )
    app.command(error_cases)
    _register_privacy(app)
    _register_bench(app)
    app.command("formcase.cli.commands.log:log", name="log", help="Print everything that happened, newest first.")


def _register_bench(app: App) -> None:
    bench = App(name="bench", help="A test database at its real size.", show=False)
    bench.command("formcase.cli.commands.bench:mark", name="mark", help="Say that an empty database is one for tests.")
    bench.command("formcase.cli.commands.bench:fill_submissions", name="fill-submissions", help="Add submissions.")
    bench.command("formcase.cli.commands.bench:fill_log", name="fill-log", help="Add lines to the workflow log.")
    ends = "formcase.cli.commands.bench_ends"
    bench.command(f"{ends}:fill_case_system", name="fill-case-system", help="Add cases, documents, contacts, users.")
    bench.command(f"{ends}:fill_form_service", name="fill-form-service", help="Add submitted forms.")
    bench.command(f"{ends}:pages", name="ends", help="Say how long the pages of both built-in ends take.")
    bench.command("formcase.cli.commands.bench:measure", name="measure", help="Say how long looking at it takes.")
    bench.command("formcase.cli.commands.bench_pages:pages", name="pages", help="Say how long each page takes.")
    app.command(bench)


def _register_privacy(app: App) -> None:
    keys = App(name="keys", help="The keys that seal what people wrote in forms.")
    keys.command("formcase.cli.commands.keys:list_", name="list", help="List them by their ids.")
    keys.command("formcase.cli.commands.keys:rotate", name="rotate", help="Change the key, while everything runs.")
    keys.command("formcase.cli.commands.keys:drop", name="drop", help="Take a former key away.")
    app.command(keys)
    retention = App(name="retention", help="How long what people wrote in forms is kept here.")
    retention.command("formcase.cli.commands.retention:show", name="show", help="Show what is kept and what is due.")
    retention.command("formcase.cli.commands.retention:apply", name="apply", help="Remove now what is due.")
    app.command(retention)
    app.command(
        "formcase.cli.commands.reconcile:reconcile",
        name="reconcile",
        help="Compare both ends with what is recorded here.",
    )


_CASE_SYSTEM = {
    "corporate-access": ("corporate_access", "Switch corporate access."),
    "users": ("users", "List its users."),
    "password": ("password", "Give a user a password for its pages."),
    "export": ("export", "Print its whole set-up as one file."),
    "import": ("import_", "Add and change what a set-up file says."),
}
_USER = {
    "list": ("list_", "List the users."),
    "create": ("create", "Make a user; the password is printed once."),
    "set-password": ("set_password", "Give a user a new password, which is printed once."),
    "role": ("role", "Give a user another role."),
    "disable": ("disable", "Let a user sign in no more."),
    "enable": ("enable", "Let a disabled user sign in again."),
    "reset-second-factor": ("reset_second_factor", "Take away a user's second factors, after they were lost."),
}
_CARRIED = {
    "mapping": "A workflow's own mapping, for forms without the page WZ_ODATA; in versions.",
    "transform": "A workflow's stylesheet (XSLT 1.0), for XML of another shape; in versions.",
}

_VERSIONS = {
    "show": ("show", "Print a version."),
    "set": ("set_", "Check a file and keep it as the draft."),
    "publish": ("publish", "Put the draft in force."),
    "withdraw": ("withdraw", "Take what is in force out of force."),
    "versions": ("versions", "List the versions."),
    "compare": ("compare", "Say what differs between two versions."),
}

_FORM_SERVICE = {
    "administrator": "Give an administrator of its pages a new password.",
    "keep": "Set how long what is Imported of a form is kept.",
    "tidy": "Remove what was kept long enough.",
    "certificates": "List the clients' certificates that expire; exit code 1 where there is one.",
}

_WORKFLOW = {
    "list": ("list_", "List the service workflows."),
    "show": ("show", "Show one with its parameters."),
    "create": ("create", "Create one; it is disabled until it is enabled."),
    "set": ("set_", "Set parameters."),
    "enable": ("enable", "Run the checks, and enable it."),
    "disable": ("disable", "Disable it."),
    "delete": ("delete", "Delete it; what it has filed stays."),
    "export": ("export", "Write one as JSON."),
    "import": ("import_", "Create one from an exported file."),
}


def _form_service() -> App:
    group = App(name="form-service", help="Looking after the built-in form service.")
    for name, text in _FORM_SERVICE.items():
        group.command(f"formcase.cli.commands.form_service:{name}", name=name, help=text)
    return group
