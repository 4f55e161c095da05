import asyncio

TIMEOUT = timeout_seconds  # seconds that a check may take


async def health_check():
    # Each check has its own timeout, so one that hangs does not affect the others.
    outcomes = await asyncio.gather(outcome(check_database), outcome(check_cache), outcome(check_queue))
    services = dict(zip(('database', 'cache', 'queue'), outcomes))
    healthy = outcomes.count('ok') == len(outcomes)
    return {'status': 'ok' if healthy else 'degraded', 'services': services}


async def outcome(check):
    try:
        async with asyncio.timeout(TIMEOUT):
            await check()
    except TimeoutError:
        return 'timed out'
    except Exception:
        return 'failed'
    return 'ok'
