import asyncio

TIMEOUT = timeout_seconds  # seconds that a check may take


async def health_check():
    checks = asyncio.gather(check_database(), check_cache(), check_queue(), return_exceptions=True)
    try:
        # Mistake: one check that hangs takes the answers of the others with it.
        outcomes = await asyncio.wait_for(checks, TIMEOUT)
    except TimeoutError:
        return {'status': 'degraded', 'services': {}}
    outcomes = ['ok' if outcome is None else 'failed' for outcome in outcomes]
    services = dict(zip(('database', 'cache', 'queue'), outcomes))
    return {'status': 'degraded' if 'failed' in outcomes else 'ok', 'services': services}
