-- A probe was answered: a few people may be tried. With nobody in line that is all there is to do, and time closes it.
--
-- KEYS[1]  unable: why nobody is called
-- KEYS[2]  breaker: what is known since the last answer
-- KEYS[3]  pause: exists while the registry wants silence
-- ARGV[1]  the reason that is told while it is open
-- ARGV[2]  how long it is half open, ms
-- ARGV[3]  how many are tried at a time, at first
-- Returns  1 where it is half open from now on, else 0

if redis.call('GET', KEYS[1]) ~= ARGV[1] or redis.call('EXISTS', KEYS[3]) == 1 then
  return 0
end
local trial = redis.call('HGET', KEYS[2], 'trial') or ARGV[3]
redis.call('SET', KEYS[1], ARGV[1] .. ' ' .. trial, 'PX', ARGV[2])
return 1
