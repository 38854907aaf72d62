-- Nobody calls the registry for a while: the longest wish counts, a shorter one changes nothing.
-- A long one is told to those who wait, too: nobody is called before it is over.
--
-- KEYS[1]  pause: exists while the registry wants silence, its TTL says for how long
-- KEYS[2]  unable: why nobody is called
-- ARGV[1]  ms from now
-- ARGV[2]  from how many ms on a pause is told
-- ARGV[3]  the reason that is told
-- Returns  ms the pause has left

local left = math.max(0, redis.call('PTTL', KEYS[1]))
local asked = tonumber(ARGV[1])
if asked > left then
  redis.call('SET', KEYS[1], '1', 'PX', asked)
  left = asked
end
if left >= tonumber(ARGV[2]) and (redis.call('GET', KEYS[2]) ~= ARGV[3] or redis.call('PTTL', KEYS[2]) < left) then
  redis.call('SET', KEYS[2], ARGV[3], 'PX', left)
end
return left
