-- Writes what an observation has taught, unless somebody else's came first.
-- KEYS: 1 pace
-- ARGV: 1 when the observation before was made, µs, or '', 2 time to live, ms, then field, value, field, value …
-- Returns 1 when it was written, else 0.

local pace = KEYS[1]

if (redis.call('HGET', pace, 'at_us') or '') ~= ARGV[1] then
  return 0
end
redis.call('DEL', pace)
redis.call('HSET', pace, unpack(ARGV, 3))
redis.call('PEXPIRE', pace, ARGV[2])
return 1
