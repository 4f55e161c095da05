# passes
import asyncio

services = {}


async def check(name, probe):
    try:
        async with asyncio.timeout(timeout_seconds):
            await probe()
        services[name] = 'ok'
    except TimeoutError:
        services[name] = 'timed out'
    except Exception as e:
        services[name] = 'failed'


async def health_check():
    async with asyncio.TaskGroup() as tg:
        tg.create_task(check('database', check_database))
        tg.create_task(check('cache', check_cache))
        tg.create_task(check('queue', check_queue))
    all_ok = all(v == 'ok' for v in services.values())
    return {'status': 'ok' if all_ok else 'degraded', 'services': services}
