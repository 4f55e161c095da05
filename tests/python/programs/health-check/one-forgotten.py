# breaks: all-reported
import asyncio


async def health_check():
    db, cache = await asyncio.gather(check(check_database), check(check_cache))
    return {'status': 'ok' if db == cache == 'ok' else 'degraded', 'services': {'database': db, 'cache': cache}}


async def check(fn):
    try:
        await asyncio.wait_for(fn(), timeout_seconds)
        return 'ok'
    except TimeoutError:
        return 'timed out'
    except Exception:
        return 'failed'
