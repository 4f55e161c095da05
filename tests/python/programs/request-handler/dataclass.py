# passes
from __future__ import annotations

from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class User:
    id: int
    name: str


USERS: dict[int, User] = {user.id: user for user in (User(1, 'Alice'), User(2, 'Bob'), User(3, 'Carol'))}


async def get_user(user_id: int) -> dict[str, int | str]:
    try:
        await query(user_id)
        return asdict(USERS[user_id])
    except KeyError:
        return {'error': 'not found'}
