# passes
import asyncio


async def health_check():
    tasks = {
        'database': asyncio.create_task(check_database()),
        'cache': asyncio.create_task(check_cache()),
        'queue': asyncio.create_task(check_queue()),
    }
    _, late = await asyncio.wait(tasks.values(), timeout=timeout_seconds)
    for task in late:
        task.cancel()
    services = {}
    for name, task in tasks.items():
        if task in late:
            services[name] = 'timed out'
        else:
            services[name] = 'failed' if task.exception() else 'ok'
    status = 'ok' if list(services.values()).count('ok') == 3 else 'degraded'
    return dict(status=status, services=services)
