-- The last socket of a ticket in the process that holds it has closed: absent at once, unless it also polls.
-- KEYS: 1 present, 2 away, 3 polling, 4 held of this hub, 5 ticket, 6 incarnation
-- ARGV: 1 ticket id, 2 hub
-- Returns 1 when nobody holds it any more, 0 when another process does (then nothing has changed) or it has ended.

local present, away, polling, held, ticket = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local id, hub = ARGV[1], ARGV[2]

redis.call('SREM', held, id)
local known = redis.call('HMGET', ticket, 'number', 'holder')
if known[2] ~= hub then
  -- A repeat, or nobody held it.
  return known[1] and not known[2] and 1 or 0
end
redis.call('HDEL', ticket, 'holder')
local now_ms = clock_us() / 1000
local polled_until = redis.call('ZSCORE', polling, id)
if polled_until and tonumber(polled_until) >= polled_since(KEYS[6], now_ms) then
  return 1
end
if redis.call('ZREM', present, id) == 1 then
  redis.call('ZADD', away, integer(now_ms), id)
end
return 1
