-- Reserve the next free slot of the bucket: GCRA with a burst of one, by Redis' own clock.
-- A slot taken is never given to anybody else, so slots are at least one interval apart whatever the callers do.
--
-- KEYS[1]  tat: when the next slot is free, µs since the epoch; no TTL, so a missing one was lost
-- KEYS[2]  pause: exists while the registry wants silence, its TTL says for how long
-- KEYS[3]  run: the run of Redis that wrote tat; another one may have come back without the last slots promised
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
elseif not is_same_run then
  tat = math.max(tat, now + cold)
end
if not is_same_run then
  redis.call('SET', KEYS[3], run)
end

local slot = math.max(tat, now)
if pause_ms >= 0 then
  -- The TTL is rounded: one more millisecond keeps the slot out of the pause.
  slot = math.max(slot, now + (pause_ms + 1) * 1000)
end

local sleep = slot - now
if sleep > longest then
  redis.call('SET', KEYS[1], string.format('%.0f', tat))
  return {0, 0, sleep - longest}
end
redis.call('SET', KEYS[1], string.format('%.0f', slot + interval))
return {slot, sleep, 0}
