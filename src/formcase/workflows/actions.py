"""What people do with submissions, one or many: try again now, file error cases again, take over by hand, send to an
error case. Each is locked, decided by its state, logged and audited for itself; what can't be done says why.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import batched

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from formcase.audit.recording import record as record_audit
from formcase.filing.journal import State
from formcase.messages import Message, as_data, message
from formcase.workflows import causes, submissions
from formcase.workflows.logbook import log_by_hand
from formcase.workflows.models import SubmissionRecord
from formcase.workflows.submissions import SHOWN, NotPossible

AT_ONCE = 100  # of which one transaction takes care
