"""The kinds of trouble, by name: which blows fall, and how often compared with each other."""

from collections.abc import Mapping
from dataclasses import dataclass

from tests.chaos import blows
from tests.chaos.blows import Blow

_WORKER: Mapping[Blow, int] = {
    blows.worker_child: 6, blows.worker_whole: 1, blows.supervisor: 2,
}  # fmt: skip
_TO_REDIS, _TO_POSTGRES = (
    {blows.network(server, mode): 1 for mode in ("cut", "hang", "deaf")} for server in ("redis", "postgres")
)
_POSTGRES: Mapping[Blow, int] = {
    blows.postgres_killed: 2, blows.postgres_backend: 2, blows.postgres_restarted: 1, blows.session_ended: 3,
}  # fmt: skip
_REDIS: Mapping[Blow, int] = {
    blows.redis_killed: 1, blows.redis_lost: 1, blows.redis_flushed: 1, blows.redis_stopped: 1,
}  # fmt: skip
_EVERYTHING: Mapping[Blow, int] = {
    **_WORKER, **_REDIS, **_TO_REDIS, **_TO_POSTGRES, **_POSTGRES,
    blows.worker_stopped: 1, blows.client: 4, blows.new_day: 2,
}  # fmt: skip


@dataclass(frozen=True)
class Variant:
    """Blows with their weights; `pause`: seconds between two, on the average.

    `proxied`: the servers are across a network of ours. `bundled`: they are nobody's but the commands'. `workers`:
    how many `ekost worker` run.
    """

    blows: Mapping[Blow, int]
    pause: float = 1.0
    proxied: bool = False
    bundled: bool = False
    workers: int = 1


VARIANTS: Mapping[str, Variant] = {
    "calm": Variant({}),
    "workers": Variant({**_WORKER, blows.worker_stopped: 2, blows.new_day: 2}),
    "clients": Variant({blows.client: 1}, pause=0.7),
    "redis-aof": Variant({blows.redis_killed: 3, blows.worker_child: 1}),
    "redis-lost": Variant({blows.redis_lost: 3, blows.worker_child: 1}),
    "redis-flushed": Variant({blows.redis_flushed: 3, blows.worker_child: 1}, pause=0.7),
    "redis-stopped": Variant({blows.redis_stopped: 3, blows.worker_child: 1}, pause=3),
    "redis-network": Variant(_TO_REDIS, proxied=True, pause=2),
    "postgres": Variant({blows.postgres_killed: 2, blows.postgres_restarted: 1}, pause=3),
    "postgres-network": Variant(_TO_POSTGRES, proxied=True, pause=2),
    "sessions": Variant({blows.postgres_backend: 1, blows.session_ended: 5, blows.new_day: 1}),
    "bundled": Variant({blows.postgres_killed: 1, blows.redis_killed: 1, blows.worker_whole: 1}, bundled=True, pause=3),
    "mixed": Variant(_EVERYTHING, proxied=True, workers=2),
}
