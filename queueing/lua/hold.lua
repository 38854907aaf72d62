-- A web process takes a ticket over: it is present from now on, for as long as that process' heartbeat lasts.
-- KEYS: 1 waiting, 2 present, 3 away, 4 serving, 5 polling, 6 held of this hub, 7 ticket, 8 outcome, 9 hubs
-- ARGV: 1 ticket id, 2 hub, 3 held prefix
-- Returns the ticket's state (see state_of).

local waiting, present, away, serving, polling = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local held, ticket, outcome = KEYS[6], KEYS[7], KEYS[8]
local id, hub = ARGV[1], ARGV[2]

local known = redis.call('HMGET', ticket, 'number', 'holder')
if known[1] then
  if known[2] ~= hub then
    if known[2] then
      redis.call('SREM', ARGV[3] .. known[2], id)
    end
    redis.call('HSET', ticket, 'holder', hub)
    -- Should it die before its first heartbeat, advance must find it.
    redis.call('ZADD', KEYS[9], 'NX', 0, hub)
  end
  redis.call('SADD', held, id)
  redis.call('ZREM', polling, id)
  if redis.call('ZREM', away, id) == 1 then
    redis.call('ZADD', present, known[1], id)
  end
end
return state_of(id, waiting, serving, ticket, outcome, known[1])
