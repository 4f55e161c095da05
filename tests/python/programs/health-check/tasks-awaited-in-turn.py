# check harder: hang-contained
import asyncio


async def health_check():
    tasks = [asyncio.create_task(check()) for check in (check_database, check_cache, check_queue)]
    services = {}
    for name, task in zip(('database', 'cache', 'queue'), tasks):
        try:
            await asyncio.wait_for(task, timeout_seconds)
            services[name] = 'ok'
        except TimeoutError:
            services[name] = 'timed out'
        except Exception:
            services[name] = 'failed'
    return {'status': 'ok' if all(s == 'ok' for s in services.values()) else 'degraded', 'services': services}
