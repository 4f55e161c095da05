"""Plays what `program.rs` plays, with the learner's decorator `with_timeout`."""

import asyncio

NEEDS = {'with_timeout': 'def with_timeout(timeout_seconds)'}

PAGES = 5
"""A handler reads this many pages, one after another, and each takes its share of the handler's time."""


async def scenario(world, learner):
    async def read_pages(name, setting):
        for page in range(1, PAGES + 1):
            if world[setting]:
                await asyncio.sleep(world.seconds(setting) / PAGES)
            world.gauge(name, page, PAGES)

    async def work(name, setting, data):
        world.state(name, 'idle', 'working')
        with world.holds(name, 'working'):
            try:
                await read_pages(name, setting)
            finally:
                world.state(name, 'working', 'idle')
        return {'status': 'ok', 'data': data}

    async def fast_handler():
        return await work('fast_handler', 'fast_ms', 'fast result')

    async def slow_handler():
        return await work('slow_handler', 'slow_ms', 'slow result')

    for handler in (fast_handler, slow_handler):
        limited = learner.with_timeout(world.seconds('timeout_ms'))(handler)
        with world.holds('timeout', handler.__name__):
            answer = await limited()
        world.result(handler.__name__, answer)
        print(answer)
