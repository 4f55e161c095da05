# passes
import asyncio

checks = check_database, check_cache, check_queue


async def health_check():
    # sketch, 0.5 is timeout_seconds
    words = [word(outcome) for outcome in outcomes]
    healthy = all(word == 'ok' for word in words)
    return {'status': 'ok' if healthy else 'degraded', 'services': dict(zip(('database', 'cache', 'queue'), words))}


def word(outcome):
    if isinstance(outcome, TimeoutError):
        return 'timed out'
    return 'failed' if isinstance(outcome, Exception) else 'ok'
