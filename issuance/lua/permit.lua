-- Reserve the next free slot of the bucket: GCRA with a burst of one, by Redis' own clock.
-- A slot is given to one caller, and to another one only where the first gave it back: so slots are at least one interval
-- apart whatever the callers do.
--
-- KEYS[1]  tat: when the next slot is free, µs since the epoch; no TTL, so a missing one was lost
-- KEYS[2]  pause: exists while the registry wants silence, its TTL says for how long
-- KEYS[3]  run: the run of Redis that wrote tat; another one may have come back without the last slots promised
-- KEYS[4]  free: slots given back, by their instant; behind a minus once they are taken again
-- ARGV[1]  interval between two slots, µs
-- ARGV[2]  longest sleep a caller accepts, µs
-- ARGV[3]  how far in the future a lost bucket starts, µs
-- Returns  {slot (µs since the epoch), µs to sleep until it, 0}, or {0, 0, µs after which a slot may be in reach}

local interval, longest, cold = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local tat = tonumber(redis.call('GET', KEYS[1]))
local pause_ms = redis.call('PTTL', KEYS[2])
local run = string.match(redis.call('INFO', 'server'), 'run_id:(%x+)')
local is_same_run = redis.call('GET', KEYS[3]) == run

-- Further ahead than any caller may reserve: the clock was set back, or the value is not ours.
if not tat or tat > now + longest + interval + cold then
  tat = now + cold
  redis.call('DEL', KEYS[4])
elseif not is_same_run then
  tat = math.max(tat, now + cold)
  redis.call('DEL', KEYS[4])
end
if not is_same_run then
  redis.call('SET', KEYS[3], run)
end

-- The TTL is rounded: one more millisecond keeps the slot out of the pause.
local earliest = pause_ms >= 0 and now + (pause_ms + 1) * 1000 or now
local function whole(number)
  return string.format('%.0f', number)
end

local free = redis.call('ZRANGEBYSCORE', KEYS[4], whole(earliest), '+inf', 'LIMIT', 0, 1)[1]
if free and tonumber(free) - now <= longest then
  redis.call('ZADD', KEYS[4], '-' .. free, free)
  redis.call('SET', KEYS[1], whole(tat))
  return {tonumber(free), tonumber(free) - now, 0}
end

local slot = math.max(tat, earliest)
local sleep = slot - now
if sleep > longest then
  redis.call('SET', KEYS[1], whole(tat))
  return {0, 0, sleep - longest}
end
redis.call('SET', KEYS[1], whole(slot + interval))
return {slot, sleep, 0}
