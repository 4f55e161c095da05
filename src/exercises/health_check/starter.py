# Three dependencies are checked at the same time. One may fail, and one may hang.
# How does the endpoint report on each of them, in time?

import asyncio

TIMEOUT = timeout_seconds  # seconds that a check may take


async def health_check():
    # TODO: run the checks at the same time, each with its own timeout.
    # TODO: report each as 'ok', 'failed' or 'timed out'.
    await check_database()
    await check_cache()
    await check_queue()
    return {'status': 'ok', 'services': {'database': 'ok', 'cache': 'ok', 'queue': 'ok'}}
