# passes
import asyncio

notification_log = []


async def send_notification(user_id, message):
    await asyncio.sleep(0.1)
    notification_log.append((user_id, message))


tasks = set()


async def create_order(user_id, items):
    task = asyncio.create_task(send_notification(user_id, f'Order created: {items}'))
    tasks.add(task)
    task.add_done_callback(tasks.discard)
    return {'user_id': user_id, 'items': items, 'status': 'created'}


async def main():
    order = await create_order(42, ['widget', 'gadget'])
    print(f'Order: {order}')
    print(f'Notification sent at return time: {len(notification_log) == 0}')
    await asyncio.sleep(0.2)
    print(f'Notification sent after wait: {len(notification_log) == 1}')


asyncio.run(main())
