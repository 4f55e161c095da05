# passes
import asyncio
from collections import ChainMap


async def probe(name, check):
    try:
        await asyncio.wait_for(check(), timeout=timeout_seconds)
    except asyncio.TimeoutError:
        return {name: 'timed out'}
    except ConnectionError:
        return {name: 'failed'}
    return {name: 'ok'}


async def health_check():
    probes = [probe('database', check_database), probe('cache', check_cache), probe('queue', check_queue)]
    found = ChainMap()
    async for done in asyncio.as_completed(probes):
        found = found.new_child(await done)
    services = {name: found[name] for name in ('database', 'cache', 'queue')}
    return {'status': 'degraded' if any(s != 'ok' for s in services.values()) else 'ok', 'services': services}
