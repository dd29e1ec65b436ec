"""`formcase retention …`: how long what people wrote in forms is kept here, and removing what is due now."""

from formcase.cli import output
from formcase.cli.options import Json
from formcase.cli.runtime import prepared


def show(*, json: Json = False) -> None:
    """Show for each workflow how many days content is kept, how many submissions have some, and how many are due."""
    with prepared():
        from formcase.workflows import retention

        rows: list[dict[str, output.Cell]] = [
            {
                "workflow": one.workflow,
                "imported": one.keeping.imported,
                "errorCases": one.keeping.error_case,
                "everything": one.keeping.everything,
                "kept": one.kept,
                "due": one.due,
            }
            for one in retention.standing()
        ]
    columns = {
        "workflow": "Workflow",
        "imported": "Days after Imported",
        "errorCases": "Days of error cases",
        "everything": "Days of everything",
        "kept": "With content",
        "due": "Due",
    }
    output.print_rows(columns, rows, as_json=json, name="retention")


def apply(*, json: Json = False) -> None:
    """Remove now what is due; workers do so by themselves each minute."""
    with prepared():
        from formcase.workflows import retention

        removed = retention.remove_due(most_batches=None)
    if json:
        document = {"submissions": removed.submissions, "dataKeys": removed.data_keys, "complete": removed.complete}
        output.print_json(document)
        return
    output.say(f"Removed: the content of {removed.submissions} submissions, {removed.data_keys} data keys.")
    if not removed.complete:
        output.warn("Another process is removing at this moment; run it again to see that nothing is left.")
