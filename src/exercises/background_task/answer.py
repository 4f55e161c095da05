import asyncio

# The loop keeps only a weak reference to a task, so keep one here until the task is done.
tasks = set()


async def create_order(user_id, items):
    task = asyncio.create_task(send_notification(user_id, 'Your order is on its way.'), name=f'notification {user_id}')
    tasks.add(task)
    task.add_done_callback(tasks.discard)
    task.add_done_callback(report)
    return {'user_id': user_id, 'items': items, 'status': 'created'}


def report(task):
    # The customer has the order already, so an error can only be logged.
    if task.cancelled():
        print(f'{task.get_name()} cancelled: no time left')
    elif task.exception():
        print(f'{task.get_name()} failed: {task.exception()}')
