import asyncio

TIMEOUT = timeout_seconds  # seconds that a check may take


async def health_check():
    checks = check_database(), check_cache(), check_queue()
    try:
        # Mistake: gather raises the first error, and what the other checks find is lost.
        await asyncio.gather(*(asyncio.wait_for(check, TIMEOUT) for check in checks))
    except Exception as error:
        return {'status': 'degraded', 'services': {}, 'error': str(error)}
    return {'status': 'ok', 'services': {'database': 'ok', 'cache': 'ok', 'queue': 'ok'}}
