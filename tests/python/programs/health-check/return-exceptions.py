# passes
import asyncio
import time
from enum import StrEnum


class Outcome(StrEnum):
    OK = 'ok'
    FAILED = 'failed'
    TIMED_OUT = 'timed out'


CHECKS = {'database': check_database, 'cache': check_cache, 'queue': check_queue}


def outcome(result):
    match result:
        case TimeoutError():
            return Outcome.TIMED_OUT
        case Exception():
            return Outcome.FAILED
    return Outcome.OK


async def health_check():
    started = time.perf_counter()
    results = await asyncio.gather(
        *(asyncio.wait_for(check(), timeout_seconds) for check in CHECKS.values()), return_exceptions=True
    )
    services = {name: outcome(result) for name, result in zip(CHECKS, results, strict=True)}
    healthy = set(services.values()) == {Outcome.OK}
    return {
        'status': 'ok' if healthy else 'degraded',
        'services': services,
        'total_ms': round((time.perf_counter() - started) * 1000, 2),
    }
