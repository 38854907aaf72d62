-- Keeps the lease of one attempt alive, and says whether the person is still there.
-- KEYS: 1 serving, 2 ticket, 3 hubs, 4 polling, 5 settings, 6 incarnation
-- ARGV: 1 ticket id, 2 attempt
-- Returns {1 if this attempt still holds the ticket else 0, 1 if the person is there else 0}.

local serving, ticket, hubs, polling = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local id, attempt = ARGV[1], ARGV[2]

if not has_lease(id, attempt, serving, ticket) then
  return {0, 0}
end
local now_ms = clock_us() / 1000
local lease_ms = tonumber(redis.call('HGET', KEYS[5], 'lease_ms') or 30000)
redis.call('ZADD', serving, integer(now_ms + lease_ms), id)
return {1, is_here(id, ticket, hubs, polling, polled_since(KEYS[6], now_ms), now_ms) and 1 or 0}
