# Calls the health endpoint once and prints its report.

import asyncio

NEEDS = {'health_check': 'async def health_check()'}


def given(world):
    def check(name):
        async def answer():
            condition = world[name]
            with world.holds(f'check {name}', condition):
                if condition == 'hangs':
                    await asyncio.Event().wait()
                await asyncio.sleep(world.seconds(f'{name}_ms'))
                if condition == 'fails':
                    raise ConnectionError('connection refused')

        return answer

    checks = {f'check_{name}': check(name) for name in ('database', 'cache', 'queue')}
    return {**checks, 'timeout_seconds': world.seconds('timeout_ms')}


async def scenario(world, program):
    begun = world.ns
    report = await program.health_check()
    total = (world.ns - begun) // 10**6
    for name, outcome in report['services'].items():
        world.result(name, outcome)
    world.result('status', report['status'])
    world.result('total_ms', total)
    print(f"Overall status: {report['status']}")
    print(f"Services checked: {len(report['services'])}")
    print(f'Total ms < 100: {total < 100}')
