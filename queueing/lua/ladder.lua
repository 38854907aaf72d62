-- Reads the queue numbers at ranks 1 to 100 and then at every rank 1 % further, and publishes them for all hubs.
-- Of several callers one reads; what it published lately is good enough for the others.
-- KEYS: 1 waiting, 2 incarnation, 3 ladder
-- ARGV: 1 time to live of the ladder, ms, 2 how old it may be, ms, to be left as it is
-- Returns 1 when this call read the line, 0 when that was not needed (or there is no line).

local EXACT = 100
local STEP = 1.01

local waiting, incarnation, ladder = KEYS[1], KEYS[2], KEYS[3]
local ttl_ms, fresh_ms = tonumber(ARGV[1]), tonumber(ARGV[2])

if redis.call('PTTL', ladder) > ttl_ms - fresh_ms then
  return 0
end
local life = redis.call('HGET', incarnation, 'id')
if not life then
  return 0
end

local ranks, numbers = {}, {}
local total = redis.call('ZCARD', waiting)

local function add(rank)
  local found = redis.call('ZRANGE', waiting, rank - 1, rank - 1, 'WITHSCORES')
  ranks[#ranks + 1] = rank
  numbers[#numbers + 1] = tonumber(found[2])
end

if total <= EXACT then
  local found = redis.call('ZRANGE', waiting, 0, -1, 'WITHSCORES')
  for rank = 1, total do
    ranks[rank] = rank
    numbers[rank] = tonumber(found[2 * rank])
  end
else
  local found = redis.call('ZRANGE', waiting, 0, EXACT - 1, 'WITHSCORES')
  for rank = 1, EXACT do
    ranks[rank] = rank
    numbers[rank] = tonumber(found[2 * rank])
  end
  local rank = EXACT
  while true do
    rank = math.max(rank + 1, math.floor(rank * STEP))
    if rank >= total then break end
    add(rank)
  end
  add(total)
end
redis.call('SET', ladder, cmsgpack.pack({life, clock_us(), ranks, numbers}), 'PX', ttl_ms)
return 1
