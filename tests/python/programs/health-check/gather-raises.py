# check harder: all-reported
import asyncio


async def health_check():
    async with asyncio.timeout(timeout_seconds):
        await asyncio.gather(check_database(), check_cache(), check_queue())
    return {'status': 'ok', 'services': {'database': 'ok', 'cache': 'ok', 'queue': 'ok'}}
