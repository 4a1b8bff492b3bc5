"""The alert for a cache that answers too little: only once it was asked often enough, and not while it is away."""

from db.cache.keys import TENANT_LIST
from db.cache.stats import read_stats
from db.metrics.alarms import firing
from db.metrics.machine import cache_misses, cache_server
from tests.db.cache.conftest import Open


def test_misses_fire_above_half_of_the_lists_of_tenants(open_cache: Open) -> None:
    cache = open_cache()

    def fired(hits: int, misses: int, kind: str = TENANT_LIST) -> list[str]:
        counts = {f"{kind}:hits": hits, f"{kind}:misses": misses}
        cache.client.ask_all(*(("HSET", cache.name("counts"), name, count) for name, count in counts.items()))
        return [alarm.fields["value"] for alarm in firing(cache_misses(read_stats(cache)))]

    assert fired(0, 100, "balance") == []
    assert fired(1, 18) == []
    assert fired(10, 10) == []
    assert fired(10, 30) == ["75"]
    server = {gauge.metric: gauge.value for gauge in cache_server(cache)}
    assert server["ekost_cache_evictions_total"] == 0
    assert 500_000 < server["ekost_cache_memory_bytes"] < 1e9
    cache.client.place = cache.client.place._replace(path="/none", host="", port=0)
    assert list(cache_server(cache)) == []
