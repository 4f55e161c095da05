import asyncio


async def health_check():
    # Mistake: nothing limits a check, so one that hangs keeps the report from ever coming.
    outcomes = await asyncio.gather(check_database(), check_cache(), check_queue(), return_exceptions=True)
    outcomes = ['ok' if outcome is None else 'failed' for outcome in outcomes]
    services = dict(zip(('database', 'cache', 'queue'), outcomes))
    return {'status': 'degraded' if 'failed' in outcomes else 'ok', 'services': services}
