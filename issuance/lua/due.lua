-- The last word before a call: how far is the slot, and may it be used. Writes nothing.
--
-- KEYS[1]  pause: exists while the registry wants silence, its TTL says for how long
-- ARGV[1]  slot, µs since the epoch
-- Returns  {µs until the slot, negative when it has passed; 1 where it lies inside a pause, else 0}

local time = redis.call('TIME')
local left = tonumber(ARGV[1]) - (time[1] * 1000000 + time[2])
local pause_ms = redis.call('PTTL', KEYS[1])
-- A slot reserved during this very pause lies behind it.
return {left, pause_ms >= 0 and pause_ms * 1000 > left and 1 or 0}
