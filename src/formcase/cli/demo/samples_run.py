"""Hands the samples in, those that update a case once its number is known, and says how each ended."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

from formcase.formservice.samples import Sample


@dataclass(slots=True)
class SubmittedSample:
    """A sample on its way."""

    sample: Sample
    submission_id: str
    reference_id: str
    submitted_at: datetime


@dataclass(frozen=True, slots=True)
class Result:
    """How a sample ended. as_expected: Imported, with the cases or the error case that the sample is to have."""

    sample: str
    reference_id: str
    form_id: str
    form: str
    status: str
    error_case: bool
    reason: str
    cases: tuple[str, ...]
    seconds: float | None
    as_expected: bool


@dataclass(slots=True)
class SamplesRun:
    """One run of all samples. `advance` is called until it says that all have ended."""

    samples: tuple[Sample, ...]
    submitted: dict[str, SubmittedSample] = field(default_factory=dict)

    def advance(self) -> bool:
        """Hand in what can be handed in now; whether every sample is Imported or can't become it."""
        for sample in self.samples:
            if sample.name not in self.submitted and (number := self._case_number_for(sample)) is not None:
                self.submitted[sample.name] = _hand_in(sample, number)
        return len(self.submitted) == len(self.samples) and self.imported() == len(self.samples)

    def imported(self) -> int:
        """How many are Imported."""
        return sum(1 for result in self.results() if result.status == "Imported")

    def results(self) -> list[Result]:
        """How each sample that was handed in stands, in the order of the samples."""
        return [
            _result(self.submitted[sample.name], self._expected_cases(sample))
            for sample in self.samples
            if sample.name in self.submitted
        ]

    def _case_number_for(self, sample: Sample) -> str | None:
        """The number of the case that the sample builds on; empty where there is none, None while it is not known."""
        if sample.after is None:
            return ""
        other = self.submitted.get(sample.after)
        if other is None:
            return None
        cases = _result(other, ()).cases
        return cases[0] if cases else None

    def _expected_cases(self, sample: Sample) -> tuple[str, ...]:
        """The case that an update must have gone to; nothing where new cases are made."""
        number = self._case_number_for(sample) if sample.expected.updates else None
        return (number,) if number else ()


def _hand_in(sample: Sample, case_number: str) -> SubmittedSample:
    from formcase.formservice.submitting import AttachmentToSubmit, Submitter, submit

    fixed = not _is_taken(sample)
    submitter = sample.submitter
    done = submit(
        sample.form_id,
        sample.answers(case_number or None),
        [AttachmentToSubmit(file.name, file.content(), file.media_type, file.field) for file in sample.attachments],
        version=sample.version,
        submitter=Submitter(submitter.login, submitter.id, submitter.name) if submitter else None,
        submission_id=sample.id if fixed else None,
        reference_id=sample.reference_id if fixed else None,
    )
    return SubmittedSample(sample, done.id, done.reference_id, datetime.now(UTC))


def _is_taken(sample: Sample) -> bool:
    """Whether an earlier run has handed the sample in under its own ids."""
    from formcase.formservice.models import Submission

    return sample.id is not None and Submission.objects.filter(submission_id=sample.id).exists()


def _result(submitted: SubmittedSample, updated: tuple[str, ...]) -> Result:
    from formcase.workflows import submissions

    sample = submitted.sample
    try:
        seen = submissions.whole_view(submissions.find(submitted.submission_id))
    except LookupError:
        return Result(
            sample.name, submitted.reference_id, sample.form_id, sample.name, "Submitted", False, "", (), None, False
        )
    reason = seen.reason
    expected = sample.expected
    as_expected = (
        seen.status == "Imported"
        and seen.error_case == expected.error_case
        and len(seen.cases) == expected.cases
        and all(name in reason for name in expected.error_names)
        and (not updated or seen.cases == updated)
    )
    ended = seen.ended_at
    return Result(
        sample=sample.name,
        reference_id=submitted.reference_id,
        form_id=seen.form_id,
        form=seen.form_title,
        status=seen.status,
        error_case=seen.error_case,
        reason=reason,
        cases=seen.cases,
        seconds=None if ended is None else round((ended - submitted.submitted_at).total_seconds(), 2),
        as_expected=as_expected,
    )
