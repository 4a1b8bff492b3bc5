"""How each queue works: attempts, pauses, deadlines and the key under which an effect happens once.

The one place for these figures: events, workers, `ekost jobs` and the tests read them here.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Policy:
    """A queue's rules. Times in seconds.

    `attempts` counts the first one. `pauses` stand between attempts. A worker that falls silent gives its work
    back after `lease`; that only bridges the moments between transactions, since whoever looks for work passes
    over what a running one has locked. `sla` is how long the effect may take after the commit of its cause, where
    that is promised.
    """

    queue: str
    attempts: int
    pauses: tuple[int, ...]
    lease: int
    sla: float | None = None

    def pause(self, attempts: int) -> int:
        """How long to wait after so many failed attempts."""
        return self.pauses[min(attempts, len(self.pauses)) - 1] if self.pauses else 0


# Exponential backoff and at most three retries, within two seconds on the first attempt.
BALANCES = Policy("balances", attempts=4, pauses=(1, 2, 4), lease=5, sla=2.0)
# Dead after five failures.
AUDIT = Policy("audit", attempts=5, pauses=(1, 2, 4, 8), lease=5)
# A failed import waits for a person, who sees the rejected rows.
IMPORTS = Policy("imports", attempts=1, pauses=(), lease=5)
# So many chunks of one import are posted at once, each over a connection of its own.
IMPORT_CONNECTIONS = 2

POLICIES: Mapping[str, Policy] = {policy.queue: policy for policy in (BALANCES, AUDIT, IMPORTS)}


def balance_key(tenant_id: int | None, event_id: int) -> str:
    """`balance-calc-{tenantId}-{eventId}`; an event of many tenants says `all`."""
    return f"balance-calc-{'all' if tenant_id is None else tenant_id}-{event_id}"


def audit_key(entity_type: str, entity_id: int, operation: str, event_id: int) -> str:
    """`audit-{entityType}-{entityId}-{operation}-{eventId}`."""
    return f"audit-{entity_type}-{entity_id}-{operation}-{event_id}"


def import_key(file_hash: str, user: str) -> str:
    """`import-{fileHash}-{userId}`; the user hashed, since a name may hold signs that a job id must not."""
    return f"import-{file_hash}-{hashlib.sha256(user.encode()).hexdigest()[:12]}"
