-- A search has failed, or a look at /metadata: is it the registry, or this one record?
-- Open means that KEYS[1] says why nobody is called; it is half open where it also says how many may be tried.
--
-- KEYS[1]  unable: why nobody is called
-- KEYS[2]  breaker: what is known since the last answer
-- KEYS[3]  failing: tickets whose search fails
-- ARGV[1]  source: a ticket, or 'metadata'
-- ARGV[2]  the reason that is told
-- ARGV[3]  so many failures open it, where they come from two sources at least
-- ARGV[4]  and where nothing has been answered for so long, ms
-- ARGV[5]  how long it stays open without a probe, ms
-- ARGV[6]  how long failures count, ms
-- ARGV[7]  a ticket is given up after so many failures, each with an answer for somebody else before it
-- ARGV[8]  and so long after its first one, ms
-- ARGV[9]  at most so many are tried at a time
-- ARGV[10] ms after which the breaker's memory ends; failing tickets are remembered twice as long
-- Returns  {1 where it is open now else 0, 1 where this opened it else 0, 1 where the ticket is to be given up else 0}

local source, reason = ARGV[1], ARGV[2]
local open_ms, forget_ms = tonumber(ARGV[5]), tonumber(ARGV[6])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local known = redis.call('HMGET', KEYS[2], 'answered_ms', 'failed_ms', 'failures', 'source', 'others', 'trial')
local answered, failed = tonumber(known[1] or 0), tonumber(known[2] or 0)
local failures, first, others = tonumber(known[3] or 0), known[4], known[5]

if now - failed > forget_ms or failures == 0 then
  failures, first, others = 0, source, false
end
failures = failures + 1
if first ~= source then
  others = '1'
end
redis.call('HSET', KEYS[2], 'failed_ms', string.format('%.0f', now), 'failures', failures, 'source', first)
if others then
  redis.call('HSET', KEYS[2], 'others', others)
else
  redis.call('HDEL', KEYS[2], 'others')
end
redis.call('PEXPIRE', KEYS[2], ARGV[10])

-- A record that fails while others are answered is no outage: only such failures count against it.
local function is_given_up()
  if source == 'metadata' then
    return false
  end
  local since, strikes, last = string.match(redis.call('HGET', KEYS[3], source) or '', '^(%d+) (%d+) (%d+)$')
  since, strikes, last = tonumber(since or now), tonumber(strikes or 0), tonumber(last or now)
  if answered > last then
    strikes = strikes + 1
  end
  if strikes >= tonumber(ARGV[7]) and now - since >= tonumber(ARGV[8]) then
    redis.call('HDEL', KEYS[3], source)
    return true
  end
  redis.call('HSET', KEYS[3], source, string.format('%.0f %.0f %.0f', since, strikes, now))
  redis.call('PEXPIRE', KEYS[3], 2 * tonumber(ARGV[10]))
  return false
end

local given_up = is_given_up() and 1 or 0
local state = redis.call('GET', KEYS[1])
if state == reason then
  -- Whoever probes keeps it open; who comes late from before does not.
  if source == 'metadata' and redis.call('PTTL', KEYS[1]) < open_ms then
    redis.call('PEXPIRE', KEYS[1], open_ms)
  end
  return {1, 0, given_up}
end
local is_down = failures >= tonumber(ARGV[3]) and others and now - answered >= tonumber(ARGV[4])
if not state and not is_down then
  return {0, 0, given_up}
end
if state then
  -- A trial has failed. Records that fail by themselves may stand at the head: the next trial reaches further.
  redis.call('HSET', KEYS[2], 'trial', math.min(tonumber(known[6] or 2) + 1, tonumber(ARGV[9])))
end
redis.call('SET', KEYS[1], reason, 'PX', open_ms)
-- It has just been seen to be down.
redis.call('HSET', KEYS[2], 'probed_ms', string.format('%.0f', now))
return {1, 1, given_up}
