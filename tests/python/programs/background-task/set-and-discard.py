# passes
import asyncio

background_tasks = set()


async def create_order(user_id, items):
    order = {'user_id': user_id, 'items': items, 'status': 'created'}
    task = asyncio.create_task(send_notification(user_id, f'Order {items} created'))
    background_tasks.add(task)
    task.add_done_callback(background_tasks.discard)
    return order


async def main():
    order = await create_order(42, ['widget', 'gadget'])
    print(f'Order: {order}')
    print(f'Notification sent at return time: {len(sent) == 0}')
    await asyncio.sleep(0.2)
    print(f'Notification sent after wait: {len(sent) == 1}')


asyncio.run(main())
