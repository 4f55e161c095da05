# passes
import asyncio
import time


async def check_database():
    await asyncio.sleep(0.05)
    return 'ok'


async def check_cache():
    await asyncio.sleep(0.02)
    return 'ok'


async def check_queue():
    await asyncio.sleep(0.03)
    return 'ok'


async def health_check():
    async def outcome(check):
        try:
            await asyncio.wait_for(check(), timeout_seconds)
            return 'ok'
        except TimeoutError:
            return 'timed out'
        except Exception:
            return 'failed'

    names = ['database', 'cache', 'queue']
    outcomes = await asyncio.gather(*map(outcome, [check_database, check_cache, check_queue]))
    return {'status': 'ok' if set(outcomes) == {'ok'} else 'degraded', 'services': dict(zip(names, outcomes))}


async def main():
    start = time.perf_counter()
    health = await health_check()
    print(f"Overall status: {health['status']}")
    print(f"Services checked: {len(health['services'])}")
    print(f'Total ms < 100: {(time.perf_counter() - start) * 1000 < 100}')


asyncio.run(main())
