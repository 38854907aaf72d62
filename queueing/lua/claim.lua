-- A worker takes a called ticket on: the attempt number it gets fences everything it does afterwards.
-- KEYS: 1 serving, 2 ticket, 3 sealed, 4 settings
-- ARGV: 1 ticket id
-- Returns {attempt, sealed request, lease ms}, or nil when the ticket is not called or another attempt holds its lease.

local serving, ticket, sealed, settings = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local id = ARGV[1]

local deadline = redis.call('ZSCORE', serving, id)
if not deadline then
  return nil
end
local now_ms = clock_us() / 1000
if redis.call('HGET', ticket, 'claimed') and tonumber(deadline) >= now_ms then
  return nil
end
local lease_ms = tonumber(redis.call('HGET', settings, 'lease_ms') or 30000)
local attempt = redis.call('HINCRBY', ticket, 'attempt', 1)
redis.call('HSET', ticket, 'claimed', 1)
redis.call('ZADD', serving, integer(now_ms + lease_ms), id)
return {attempt, redis.call('GET', sealed) or '', lease_ms}
