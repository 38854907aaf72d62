-- A worker takes a called ticket on: the attempt number it gets fences everything it does afterwards.
-- It is the time in ms, always rising: so attempts differ even where Redis has lost the one before.
-- KEYS: 1 serving, 2 ticket, 3 sealed, 4 settings
-- ARGV: 1 ticket id, 2 nonce of this claim, which a repeat has too
-- Returns {attempt, sealed request, lease ms}, or nil when the ticket is not called or another claim has it.
-- A claimed lease that has lapsed is for advance to settle: it counts the tries.

local serving, ticket, sealed, settings = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local id, nonce = ARGV[1], ARGV[2]

local known = redis.call('HMGET', ticket, 'claimed', 'attempt')
if not redis.call('ZSCORE', serving, id) or (known[1] and known[1] ~= nonce) then
  return nil
end
local now_ms = clock_us() / 1000
local lease_ms = tonumber(redis.call('HGET', settings, 'lease_ms') or 30000)
if known[1] then
  return {tonumber(known[2]), redis.call('GET', sealed) or '', lease_ms}
end
local attempt = math.max(tonumber(known[2] or 0) + 1, math.floor(now_ms))
redis.call('HSET', ticket, 'claimed', nonce, 'attempt', integer(attempt))
redis.call('ZADD', serving, integer(now_ms + lease_ms), id)
return {attempt, redis.call('GET', sealed) or '', lease_ms}
