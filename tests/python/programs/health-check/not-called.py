# error: TypeError
import asyncio


async def health_check():
    await asyncio.gather(check_database, check_cache, check_queue)
    return {'status': 'ok', 'services': {'database': 'ok', 'cache': 'ok', 'queue': 'ok'}}
