"""Gives each process of one stack its own way into the server that the stack starts."""

from __future__ import annotations

from dataclasses import replace

from project.local import folders, redis_users, site, valkey

RULES = (redis_users.COMMON, redis_users.TOUCH_POINT, redis_users.BROKER)


def give_out(place: site.Site) -> site.Site:
    """Passwords that are good until the next start; the operator's are in the addresses of what comes back.

    A server of somebody else's has users of its own, or none.
    """
    if place.valkey_port is None:
        return place
    passwords = {name: redis_users.new_password() for name in redis_users.names(*RULES)}
    folders.write_private(place.folders.redis_users, redis_users.file(passwords, *RULES[1:]))
    for user in redis_users.names(redis_users.COMMON, redis_users.TOUCH_POINT):
        own = redis_users.url(valkey.url(place.valkey_port, 0), user, passwords[user])
        folders.write_private(place.folders.redis_url(user), own + "\n")
    jobs = valkey.url(place.valkey_port, site.BROKER_DATABASE)
    for process, user in redis_users.BROKER_USERS.items():
        folders.write_private(place.folders.broker_url(process), redis_users.url(jobs, user, passwords[user]) + "\n")
    operator = (redis_users.OPERATOR, passwords[redis_users.OPERATOR])
    broker_url = place.options.broker_url or redis_users.url(jobs, *operator)
    return replace(place, redis_url=redis_users.url(place.redis_url, *operator), broker_url=broker_url)
