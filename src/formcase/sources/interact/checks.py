"""Whether a form service can be used: the certificate, its reach, the client, the forms. Each is a line that says what
to do where the answer is no."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from formcase.checks import CheckResult, Detail, Verdict
from formcase.messages import NOTHING, Message, message
from formcase.outcomes import Outcome, Passing
from formcase.sources.certificates.certificate import StoredCertificate
from formcase.sources.certificates.store import readable_by_others
from formcase.submission.form import FormSummary

CERTIFICATE, REACH, CLIENT, FORMS = "certificate", "reach", "client", "forms"
EXPIRY_WARNINGS = (7, 30, 60)  # days

_GRAVITY = (Verdict.YES, Verdict.WARNING, Verdict.NO)


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
    """Whether the certificate can be used, and for how long: that it is there, its key, its chain, its expiry."""
    day = certificate.not_after.date().isoformat()
    found = message(
        "{holder} ({kind}), issued by {issuer}, valid until {day}, sent with {count} certificates above it.",
        holder=certificate.holder,
        kind=certificate.key_kind.value,
        issuer=certificate.issuer,
        day=day,
        count=len(certificate.chain),
    )
    there = Detail(message("It is stored, with the thumbprint {thumbprint}.", thumbprint=certificate.sha1), Verdict.YES)
    parts = (_key(certificate), _chain(certificate, now), _expiry(certificate, now))
    details = (there, *(part.detail for part in parts))
    gravest = max(parts, key=lambda part: _GRAVITY.index(part.detail.verdict))
    verdict = gravest.detail.verdict
    if verdict is not Verdict.YES:
        found = message("{answer} {certificate}", answer=gravest.detail.text, certificate=found)
    return CheckResult(CERTIFICATE, verdict, found, gravest.remedy, details=details)


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


@dataclass(frozen=True, slots=True)
class _Part:
    """One thing about a certificate, and what to do where it is not as it should be."""

    detail: Detail
    remedy: Message = NOTHING


def _part(verdict: Verdict, text: Message, remedy: Message = NOTHING) -> _Part:
    return _Part(Detail(text, verdict), remedy)


def _key(certificate: StoredCertificate) -> _Part:
    try:
        open_to_others = readable_by_others(certificate)
    except OSError:
        remedy = message("Import it again with “formcase certificate import FILE”.")
        return _part(Verdict.NO, message("Its file is gone."), remedy)
    if open_to_others:
        remedy = message("Take their rights to the file {file} away (mode 0600).", file=str(certificate.path))
        return _part(Verdict.NO, message("Others than its owner may read its key."), remedy)
    text = message("Its key ({kind}) is there, and none but its owner may read it.", kind=certificate.key_kind.value)
    return _part(Verdict.YES, text)


def _chain(certificate: StoredCertificate, now: datetime) -> _Part:
    """What may keep a form service from taking it, though it is valid itself."""
    expired = [above for above in certificate.chain if now > above.not_after]
    if expired:
        day = expired[0].not_after.date().isoformat()
        text = message("“{subject}” in its chain expired on {day}.", subject=expired[0].subject, day=day)
        return _part(Verdict.WARNING, text, message("Import it again with the certificates above it as they are now."))
    if not certificate.for_clients:
        text = message("It was not issued for clients (extended key usage), so a service may refuse it.")
        return _part(Verdict.WARNING, text, message("Where the service refuses it, have one issued for clients."))
    if not certificate.chain:
        text = message("It is sent alone: the form service must know its issuer, {issuer}.", issuer=certificate.issuer)
        return _part(Verdict.YES, text)
    above = ", ".join(one.subject for one in certificate.chain)
    return _part(Verdict.YES, message("Sent with it, and valid: {above}.", above=above))


def _expiry(certificate: StoredCertificate, now: datetime) -> _Part:
    if now > certificate.not_after:
        return _part(Verdict.NO, message("It has expired."), _ORDER)
    if now < certificate.not_before:
        return _part(Verdict.NO, message("It is not valid yet."), message("Check this machine's clock, or wait."))
    days = certificate.days_left(now)
    text = message("It is valid for {days} days more.", days=days)
    verdict = Verdict.WARNING if days < EXPIRY_WARNINGS[-1] else Verdict.YES
    return _part(verdict, text, _renewal(days))


def _renewal(days: int) -> Message:
    """What to do in time."""
    if days < EXPIRY_WARNINGS[0]:
        return message("It expires in {days} days: renew it now, or forms stop being fetched.", days=days)
    if days < EXPIRY_WARNINGS[1]:
        return message("It expires in {days} days: renew it this week.", days=days)
    if days < EXPIRY_WARNINGS[2]:
        return message("It expires in {days} days: order a new one.", days=days)
    return NOTHING


def _no(subject: str, error: Outcome) -> CheckResult:
    remedy = error.remedy
    if not remedy.template and isinstance(error, Passing):
        remedy = message("It may pass by itself: check again in a while.")
    return CheckResult(
        subject, Verdict.NO, message("{tried}: {answer}", tried=error.tried, answer=error.answer), remedy
    )


def _not_asked(subject: str) -> CheckResult:
    return CheckResult(subject, Verdict.UNKNOWN, message("Not asked, because the line above says no."))
