-- The last word before a call: how far is the slot, and may it be used. If so, the call counts as under way from now on.
--
-- KEYS[1]  pause: exists while the registry wants silence, its TTL says for how long
-- KEYS[2]  under_way: calls that have not ended, and when each is taken for dead, ms
-- ARGV[1]  slot, µs since the epoch
-- ARGV[2]  calls under way at a time at most, 0: as many as come
-- ARGV[3]  this call
-- ARGV[4]  ms after which it is taken for dead
-- Returns  {µs until the slot, negative when it has passed; why it may not be used: 'paused', 'crowded', else ''}

local time = redis.call('TIME')
local now_ms = time[1] * 1000 + math.floor(time[2] / 1000)
local left = tonumber(ARGV[1]) - (time[1] * 1000000 + time[2])
local pause_ms = redis.call('PTTL', KEYS[1])
-- A slot reserved during this very pause lies behind it.
if pause_ms >= 0 and pause_ms * 1000 > left then
  return {left, 'paused'}
end

local most = tonumber(ARGV[2])
if most == 0 then
  return {left, ''}
end
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', string.format('%.0f', now_ms))
if redis.call('ZCARD', KEYS[2]) >= most and not redis.call('ZSCORE', KEYS[2], ARGV[3]) then
  return {left, 'crowded'}
end
redis.call('ZADD', KEYS[2], string.format('%.0f', now_ms + tonumber(ARGV[4])), ARGV[3])
redis.call('PEXPIRE', KEYS[2], ARGV[4])
return {left, ''}
