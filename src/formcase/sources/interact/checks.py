"""Whether a form service can be used: the certificate, its reach, the client, the forms. Each is a line that says what
to do where the answer is no."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Protocol

from formcase.checks import CheckResult, Verdict
from formcase.messages import NOTHING, Message, message
from formcase.outcomes import Outcome, Passing
from formcase.sources.certificates.certificate import StoredCertificate
from formcase.sources.certificates.store import readable_by_others
from formcase.submission.form import FormSummary

CERTIFICATE, REACH, CLIENT, FORMS = "certificate", "reach", "client", "forms"
EXPIRY_WARNINGS = (7, 30, 60)


class Checked(Protocol):
    """What the checks ask of a client."""

    async def reach(self) -> None:
        """Raise why the service can't be reached."""

    async def authorise(self) -> None:
        """Raise why there is no token."""

    async def forms(self) -> tuple[FormSummary, ...]:
        """The forms that are released to us."""


async def run(certificate: StoredCertificate, client: Checked, form_ids: Sequence[str]) -> tuple[CheckResult, ...]:
    """All four lines. What can't be asked because an earlier answer was no is unknown."""
    results = [check_certificate(certificate, datetime.now(UTC))]
    try:
        await client.reach()
    except Outcome as error:
        return (*results, _no(REACH, error), _not_asked(CLIENT), _not_asked(FORMS))
    results.append(CheckResult(REACH, Verdict.YES, message("The form service answers.")))
    try:
        await client.authorise()
    except Outcome as error:
        return (*results, _no(CLIENT, error), _not_asked(FORMS))
    results.append(CheckResult(CLIENT, Verdict.YES, message("The form service knows this client and its certificate.")))
    try:
        released = await client.forms()
    except Outcome as error:
        return (*results, _no(FORMS, error))
    return (*results, check_forms(released, form_ids))


def check_certificate(certificate: StoredCertificate, now: datetime) -> CheckResult:
    """Whether the certificate can be used, and for how long."""
    day = certificate.not_after.date().isoformat()
    found = message(
        "{holder} ({kind}), issued by {issuer}, valid until {day}, sent with {count} certificates above it.",
        holder=certificate.holder,
        kind=certificate.key_kind.value,
        issuer=certificate.issuer,
        day=day,
        count=len(certificate.chain),
    )
    fault = _certificate_fault(certificate, now)
    if fault:
        answer, remedy = fault
        return CheckResult(
            CERTIFICATE, Verdict.NO, message("{answer} {certificate}", answer=answer, certificate=found), remedy
        )
    return CheckResult(CERTIFICATE, Verdict.YES, found, _certificate_advice(certificate, now))


def check_forms(released: Sequence[FormSummary], form_ids: Sequence[str]) -> CheckResult:
    """Whether all forms of the workflow are released to this client."""
    known = {form.id: form.title for form in released}
    refused = [form_id for form_id in form_ids if form_id not in known]
    if refused:
        return CheckResult(
            FORMS,
            Verdict.NO,
            message(
                "Not released to this client, or not there: {refused}. Released: {released}.",
                refused=", ".join(refused),
                released=", ".join(sorted(known)) or "–",
            ),
            message("Have the forms released to this client at the form service, or correct FormIds."),
        )
    if not known:
        return CheckResult(
            FORMS,
            Verdict.NO,
            message("No form is released to this client."),
            message("Have forms released to this client at the form service."),
        )
    used = form_ids or sorted(known)
    named = ", ".join(f"{form_id} ({known[form_id]})" for form_id in used)
    return CheckResult(FORMS, Verdict.YES, message("Released to this client: {forms}.", forms=named))


_ORDER = message("Order a new one, have it registered at the form service, import it and set its thumbprint.")


def _certificate_fault(certificate: StoredCertificate, now: datetime) -> tuple[Message, Message] | None:
    try:
        open_to_others = readable_by_others(certificate)
    except OSError:
        return message("Its file is gone."), message("Import it again with `formcase certificate import FILE`.")
    if now > certificate.not_after:
        return message("It has expired."), _ORDER
    if now < certificate.not_before:
        return message("It is not valid yet."), message("Check this machine's clock, or wait.")
    if open_to_others:
        return (
            message("Others than its owner may read its key."),
            message("Take their rights to the file {file} away (mode 0600).", file=str(certificate.path)),
        )
    return None


def _certificate_advice(certificate: StoredCertificate, now: datetime) -> Message:
    """What to do in time, or what may not work, though the certificate is good today."""
    days = certificate.days_left(now)
    if days < EXPIRY_WARNINGS[0]:
        return message("It expires in {days} days: renew it now, or forms stop being fetched.", days=days)
    if days < EXPIRY_WARNINGS[1]:
        return message("It expires in {days} days: renew it this week.", days=days)
    if days < EXPIRY_WARNINGS[2]:
        return message("It expires in {days} days: order a new one.", days=days)
    warnings = certificate.warnings(now)
    return warnings[0] if warnings else NOTHING


def _no(subject: str, error: Outcome) -> CheckResult:
    remedy = error.remedy
    if not remedy.template and isinstance(error, Passing):
        remedy = message("It may pass by itself: check again in a while.")
    return CheckResult(
        subject, Verdict.NO, message("{tried}: {answer}", tried=error.tried, answer=error.answer), remedy
    )


def _not_asked(subject: str) -> CheckResult:
    return CheckResult(subject, Verdict.UNKNOWN, message("Not asked, because the line above says no."))
