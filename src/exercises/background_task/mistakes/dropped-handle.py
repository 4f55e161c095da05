import asyncio
import contextlib


@contextlib.asynccontextmanager
async def in_background(work):
    """Cleans up: the task does not outlive the block."""
    task = asyncio.create_task(work)
    try:
        yield task
    finally:
        task.cancel()


async def create_order(user_id, items):
    # Mistake: the block is left at the return, and this cancels the task before it has begun.
    async with in_background(send_notification(user_id, 'Your order is on its way.')):
        return {'user_id': user_id, 'items': items, 'status': 'created'}
