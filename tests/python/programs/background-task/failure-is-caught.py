# passes
import asyncio
import logging

log = logging.getLogger(__name__)


class Background:
    def __init__(self):
        self.running = set()

    def start(self, coroutine):
        task = asyncio.ensure_future(self.guarded(coroutine))
        self.running.add(task)
        task.add_done_callback(self.running.discard)

    async def guarded(self, coroutine):
        try:
            await coroutine
        except Exception:
            log.exception('a background task failed')


background = Background()


async def create_order(user_id, items):
    background.start(send_notification(user_id, 'thanks!'))
    return {'user_id': user_id, 'items': items, 'status': 'created'}
