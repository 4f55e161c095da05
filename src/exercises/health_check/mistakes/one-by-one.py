import asyncio

TIMEOUT = timeout_seconds  # seconds that a check may take


async def health_check():
    services = {}
    for name, check in (('database', check_database), ('cache', check_cache), ('queue', check_queue)):
        # Mistake: no check needs the one before it, but each waits for it.
        services[name] = await outcome(check)
    healthy = all(service == 'ok' for service in services.values())
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
