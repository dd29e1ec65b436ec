"""Named places on a submission's way where a process may die, so that tests can make it die exactly there.

Does nothing unless FORMCASE_CRASH_AT names the point; then the process kills itself as hard as the system can.
"""

import os
import signal
from enum import StrEnum


class CrashPoint(StrEnum):
    """Before and after every remote write and every journal commit that stands beside one."""

    BEFORE_DELIVERED = "before delivered"
    AFTER_DELIVERED = "after delivered"
    BEFORE_INTENT = "before intent"
    AFTER_INTENT = "after intent"
    BEFORE_UPLOAD = "before upload"
    AFTER_UPLOAD = "after upload"
    UPLOAD_RECORDED = "upload recorded"
    BEFORE_CHANGE_SET = "before change set"
    CHANGE_SET_SENT = "change set sent"
    FILED_RECORDED = "filed recorded"
    BEFORE_IMPORTED = "before imported"
    AFTER_IMPORTED = "after imported"


def pass_point(point: CrashPoint) -> None:
    """Go on, or die here where a test asked for it."""
    if os.environ.get("FORMCASE_CRASH_AT") == point:
        os.kill(os.getpid(), signal.SIGKILL)
