"""Whether this process lives (`/healthz`) and whether it can do its work (`/readyz`), for whatever watches it."""

from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

_known_as_migrated = False


@require_safe
@never_cache
def alive(_request: HttpRequest) -> HttpResponse:
    """The process answers; says nothing of what it needs."""
    return JsonResponse({"status": "alive"})


@require_safe
@never_cache
def ready(_request: HttpRequest) -> HttpResponse:
    """The database is in reach and has every migration; 503 where not."""
    reachable = database_answers()
    migrated = reachable and _is_migrated()
    is_ready = reachable and migrated
    content = {
        "status": "ready" if is_ready else "not ready",
        "database": "reachable" if reachable else "out of reach",
        "migrations": "applied" if migrated else ("missing" if reachable else "unknown"),
    }
    return JsonResponse(content, status=200 if is_ready else 503)


@require_safe
@never_cache
def accounted(_request: HttpRequest) -> HttpResponse:
    """Every submission is accounted for at both ends, by the newest comparisons; 503 where not, or where nobody has
    looked lately. silentFailures must be 0."""
    from formcase.workflows.reconciling import runs

    try:
        standing = runs.standing()
    except Error:
        return JsonResponse({"status": "unknown", "database": "out of reach"}, status=503)
    content = {
        "status": "accounted for" if standing.well else "look",
        "silentFailures": standing.silent_failures,
        "notReconciled": standing.problems,
        "reconciled": "lately" if standing.complete else "not lately",
        "oldest": None if standing.oldest is None else standing.oldest.isoformat(timespec="seconds"),
    }
    return JsonResponse(content, status=200 if standing.well else 503)


def database_answers() -> bool:
    """Whether the database answers now."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        return False
    return True


def _is_migrated() -> bool:
    """Once all migrations are there they stay, so they are counted until then only."""
    global _known_as_migrated  # noqa: PLW0603 – one fact about this process
    if not _known_as_migrated:
        try:
            executor = MigrationExecutor(connection)
            _known_as_migrated = not executor.migration_plan(executor.loader.graph.leaf_nodes())
        except Error:
            return False
    return _known_as_migrated
