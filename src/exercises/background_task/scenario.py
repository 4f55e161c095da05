# Takes the orders, looks at the notification log at once and again later, and shuts the service down.

import asyncio

NEEDS = {'create_order': 'async def create_order(user_id, items)'}
FIRST_USER = 42


class MailServer:
    def __init__(self):
        self.sent = []
        self.requests = 0
        self.all_done = None  # a future


mail_server = MailServer()


def given(world):
    async def send_notification(user_id, message):
        name = f'notification {user_id}'
        try:
            with world.holds('mail server', name):
                await asyncio.sleep(world.seconds('send_ms'))
        except asyncio.CancelledError:
            world.result('cancelled', name)
            raise
        finally:
            mail_server.requests += 1
            if mail_server.requests == world['orders']:
                mail_server.all_done.set_result(None)
        if user_id == FIRST_USER and world['fails']:
            world.result('failed', name)
            raise ConnectionError('the mail server said no')
        mail_server.sent.append(user_id)
        world.result('sent', name)

    return {'send_notification': send_notification, 'sent': mail_server.sent}


async def scenario(world, program):
    mail_server.all_done = asyncio.get_running_loop().create_future()
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
    """Waits for the tasks that still run, and cancels them when all notifications have ended or the time is over."""
    running = asyncio.all_tasks() - {asyncio.current_task()}
    ended = asyncio.gather(*running, return_exceptions=True)
    await asyncio.wait({ended, mail_server.all_done}, timeout=grace, return_when=asyncio.FIRST_COMPLETED)
    for task in running:
        task.cancel()
    await ended
