import asyncio

TIMEOUT = timeout_seconds  # seconds that a check may take


async def health_check():
    outcomes = await asyncio.gather(outcome(check_database), outcome(check_cache), outcome(check_queue))
    services = dict(zip(('database', 'cache', 'queue'), outcomes))
    # Mistake: a check that timed out has not failed, and counts as healthy.
    status = 'degraded' if 'failed' in outcomes else 'ok'
    return {'status': status, 'services': services}


async def outcome(check):
    try:
        async with asyncio.timeout(TIMEOUT):
            await check()
    except TimeoutError:
        return 'timed out'
    except Exception:
        return 'failed'
    return 'ok'
