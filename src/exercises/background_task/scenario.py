# Takes the orders, looks at the notification log at once and again later, and shuts the service down.

import asyncio

NEEDS = {'create_order': 'async def create_order(user_id, items)'}
FIRST_USER = 42


def given(world):
    async def send_notification(user_id, message):
        name = f'notification {user_id}'
        try:
            with world.holds('mail server', name):
                await asyncio.sleep(world.seconds('send_ms'))
        except asyncio.CancelledError:
            world.result('cancelled', name)
            raise
        if user_id == FIRST_USER and world['fails']:
            world.result('failed', name)
            raise ConnectionError('the mail server said no')
        sent.append(user_id)
        world.result('sent', name)

    sent = []
    return {'send_notification': send_notification, 'sent': sent}


async def scenario(world, program):
    for user_id in range(FIRST_USER, FIRST_USER + world['orders']):
        with world.holds('request', f'order {user_id}'):
            order = await program.create_order(user_id, ['widget', 'gadget'])
        world.result('order', order['user_id'])
        print(f'Order: {order}')
    # Each look checks that the log is as it should be: empty at first, later complete.
    print(f'Notification sent at return time: {len(program.sent) == 0}')
    await asyncio.sleep(world.seconds('wait_ms'))
    print(f"Notification sent after wait: {len(program.sent) == world['orders']}")

    world.state('service', 'open', 'closing')
    await shut_down(world.seconds('grace_ms'))
    world.state('service', 'closing', 'closed')


async def shut_down(grace):
    """Waits for the tasks that still run, and cancels them when the time is over."""
    running = asyncio.all_tasks() - {asyncio.current_task()}
    if running:
        _, late = await asyncio.wait(running, timeout=grace)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)
