-- The registry has answered a search with sense: whatever was wrong is over, for this ticket and for all.
--
-- KEYS[1]  unable: why nobody is called
-- KEYS[2]  breaker: what is known since the last answer
-- KEYS[3]  failing: tickets whose search fails
-- KEYS[4]  pause: exists while the registry wants silence, its TTL says for how long
-- ARGV[1]  ticket
-- ARGV[2]  ms after which all this is forgotten
-- Returns  1 where that closed the breaker, else 0

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('HSET', KEYS[2], 'answered_ms', string.format('%.0f', now), 'failures', 0)
redis.call('HDEL', KEYS[2], 'source', 'others', 'trial')
redis.call('PEXPIRE', KEYS[2], ARGV[2])
redis.call('HDEL', KEYS[3], ARGV[1])

-- A pause that was asked for goes on: this call went out before it.
local pause_ms = redis.call('PTTL', KEYS[4])
if pause_ms > 0 then
  redis.call('PEXPIRE', KEYS[1], pause_ms)
  return 0
end
return redis.call('DEL', KEYS[1])
