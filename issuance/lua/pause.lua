-- Nobody calls the registry for a while: the longest wish counts, a shorter one changes nothing.
--
-- KEYS[1]  pause: exists while the registry wants silence, its TTL says for how long
-- ARGV[1]  ms from now
-- Returns  ms the pause has left

local left = math.max(0, redis.call('PTTL', KEYS[1]))
local asked = tonumber(ARGV[1])
if asked <= left then
  return left
end
redis.call('SET', KEYS[1], '1', 'PX', asked)
return asked
