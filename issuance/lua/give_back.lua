-- A slot that its caller will not use: somebody else may have it, as long as it lies ahead.
-- A repeat changes nothing, also after the slot was taken again; one that is given back for the second time is lost.
--
-- KEYS[1]  free: slots given back, by their instant; behind a minus once they are taken again
-- ARGV[1]  slot, µs since the epoch
-- ARGV[2]  ms after which all of them have passed
-- Returns  1 where somebody else may have it, else 0

local time = redis.call('TIME')
local now = string.format('%.0f', time[1] * 1000000 + time[2])
redis.call('ZREMRANGEBYSCORE', KEYS[1], 1, now)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-' .. now, -1)
if tonumber(ARGV[1]) <= tonumber(now) then
  return 0
end
local is_new = redis.call('ZADD', KEYS[1], 'NX', ARGV[1], ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return is_new
