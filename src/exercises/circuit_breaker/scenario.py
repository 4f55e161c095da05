"""Plays what `program.rs` plays, with the learner's `CircuitBreaker`."""

import asyncio
from contextlib import nullcontext

NEEDS = {'CircuitBreaker': 'class CircuitBreaker with call(fn, *args, **kwargs) and state'}

CANCELS = 'caller '


async def scenario(world, learner):
    breaker = learner.CircuitBreaker(
        failure_threshold=world['threshold'], recovery_timeout=world.seconds('recovery_ms')
    )
    reached = []
    seen = state_of(breaker)
    made = 0

    def look():
        """Notes a change of the breaker's state since the last look."""
        nonlocal seen
        before, seen = seen, state_of(breaker)
        if seen != before:
            world.state('breaker', before, seen)

    async def service(number):
        look()
        # A call that is let through while the breaker is half-open is its test call.
        is_test = seen == 'HALF_OPEN'
        with world.holds('test call', f'call {number}') if is_test else nullcontext():
            with world.holds('service', f'call {number}'):
                world.result('reached', number)
                reached.append(number)
                down = world.is_down or len(reached) <= world['failing']
                await pause('service_ms')
                world.result('failed' if down else 'succeeded', number)
        if down:
            raise RuntimeError('Service down')
        return 'Service up'

    async def call(number):
        every = world['give_up_every']
        patience = world.seconds('service_ms') / 2 if every and number % every == 0 else None
        try:
            async with asyncio.timeout(patience):
                kind, text = 'ok', await breaker.call(service, number)
        except TimeoutError:
            kind, text = 'cancelled', 'Caller gave up'
        except Exception as error:
            kind, text = 'error', str(error)
        look()
        how = 'gave up' if kind == 'cancelled' else 'answered' if number in reached else 'refused'
        world.result('call', {'number': number, 'how': how, 'state': seen})
        print((kind, text, seen))

    async def caller():
        nonlocal made
        for _ in range(world['calls']):
            made += 1
            await call(made)
            await pause('interval_ms')

    async def pause(setting):
        # A pause of no time does not let the other tasks run, as in Rust; `asyncio.sleep(0)` does.
        if world[setting]:
            await asyncio.sleep(world.seconds(setting))

    callers = [world.spawn(f'caller {number}', caller()) for number in range(1, world['callers'] + 1)]
    await asyncio.gather(*callers, return_exceptions=True)


def state_of(breaker):
    """The state as text; that of an enum is its value."""
    return str(getattr(breaker.state, 'value', breaker.state)).upper()
