# passes
import asyncio
from dataclasses import asdict, dataclass, field
from enum import StrEnum


class Status(StrEnum):
    CREATED = 'created'


@dataclass
class Order:
    user_id: int
    items: list[str] = field(default_factory=list)
    status: str = Status.CREATED.value


async def create_order(user_id, items):
    order = Order(user_id, items)
    create_order.tasks.append(asyncio.get_running_loop().create_task(send_notification(order.user_id, 'created')))
    return asdict(order)


create_order.tasks = []
