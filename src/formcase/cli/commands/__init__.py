"""The commands, one file for each group. A command's module is loaded when the command is used, not before."""

from cyclopts import App


def register(app: App) -> None:
    """Say which commands there are and where each one's code is."""
    app.command("formcase.cli.commands.serve:serve", name="serve", help="Run the web server and the form service.")
    app.command("formcase.cli.commands.migrate:migrate", name="migrate", help="Bring the database's tables up to date.")
    app.command(
        "formcase.cli.commands.submit:submit", name="submit", help="Hand in a form at the built-in form service."
    )

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

    case_system = App(name="case-system", help="The built-in case system.")
    app.command(case_system)
