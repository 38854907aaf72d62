-- May this worker look now whether the registry is there? One may in a while, where that is in doubt.
--
-- KEYS[1]  unable: why nobody is called
-- KEYS[2]  breaker: what is known since the last answer
-- KEYS[3]  pause: exists while the registry wants silence, its TTL says for how long
-- ARGV[1]  the reason that is told while it is open
-- ARGV[2]  ms from one probe to the next
-- ARGV[3]  how long a failure raises doubt, ms
-- ARGV[4]  ms after which the breaker's memory ends
-- Returns  {1 where it is this worker's turn else 0, 'closed', 'half_open' or 'open', ms the pause has left}

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local unable = redis.call('GET', KEYS[1])
local pause_ms = math.max(0, redis.call('PTTL', KEYS[3]))
local known = redis.call('HMGET', KEYS[2], 'answered_ms', 'failed_ms', 'failures', 'probed_ms')
local answered, failed, probed = tonumber(known[1] or 0), tonumber(known[2] or 0), tonumber(known[4] or 0)
local state = not unable and 'closed' or unable == ARGV[1] and 'open' or 'half_open'

local every = tonumber(ARGV[2])
local in_doubt = state == 'open' or (
  state == 'closed' and tonumber(known[3] or 0) > 0 and now - failed <= tonumber(ARGV[3]) and now - answered >= every)
-- Probed in the future: the clock was set back.
local is_due = probed > now or now - probed >= every
if not in_doubt or not is_due or pause_ms > 0 then
  return {0, state, pause_ms}
end
redis.call('HSET', KEYS[2], 'probed_ms', string.format('%.0f', now))
redis.call('PEXPIRE', KEYS[2], ARGV[4])
return {1, state, pause_ms}
