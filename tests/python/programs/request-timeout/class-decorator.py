# check harder: ready-wins
import asyncio


class with_timeout:
    def __init__(self, timeout_seconds):
        self.timeout_seconds = timeout_seconds

    def __call__(self, handler):
        async def limited(*args, **kwargs):
            task = asyncio.current_task()
            timer = asyncio.get_running_loop().call_later(self.timeout_seconds, task.cancel)
            try:
                return await handler(*args, **kwargs)
            except asyncio.CancelledError:
                task.uncancel()
                return {'error': 'timeout', 'handler': handler.__name__}
            finally:
                timer.cancel()

        return limited
