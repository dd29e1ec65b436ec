"""How long content is kept here: by the installation's settings, and by those of a workflow where it has its own."""

from dataclasses import dataclass

from django.conf import settings


@dataclass(frozen=True, slots=True)
class Keeping:
    """Days. imported: after a submission was filed as mapped, taken care of by hand, or withdrawn. error_case: after
    it became an error case. everything: after it was found, whatever has become of it."""

    imported: int
    error_case: int
    everything: int

    def nothing(self, is_error_case: bool) -> bool:
        """Whether content goes as soon as the submission has ended."""
        return 0 in (self.error_case if is_error_case else self.imported, self.everything)


def of_installation() -> Keeping:
    """What holds where a workflow says nothing else."""
    return Keeping(settings.KEEP_IMPORTED_DAYS, settings.KEEP_ERROR_CASE_DAYS, settings.KEEP_CONTENT_DAYS)


def of_workflow(imported: int | None, error_case: int | None, everything: int | None) -> Keeping:
    """What holds for a workflow with these settings of its own; None: the installation's."""
    general = of_installation()
    return Keeping(
        general.imported if imported is None else imported,
        general.error_case if error_case is None else error_case,
        general.everything if everything is None else everything,
    )
