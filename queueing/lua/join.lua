-- Gives a new ticket its number and its place; a repeat changes nothing and answers with the ticket as it is.
-- KEYS: 1 waiting, 2 present, 3 serving, 4 polling, 5 settings, 6 incarnation, 7 ticket, 8 sealed, 9 outcome, 10 ref, 11 joins
-- ARGV: 1 ticket id, 2 sealed request, 3 reference, 4 joins allowed per minute from this address, 5 tally prefix
-- Returns {verdict, incarnation id, epoch, state…}; verdict: joined, known, unready, closed, crowded. Only joined and known carry a state.

local waiting, present, serving, polling = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local settings, incarnation = KEYS[5], KEYS[6]
local ticket, sealed, outcome, reference, joins = KEYS[7], KEYS[8], KEYS[9], KEYS[10], KEYS[11]
local id, request = ARGV[1], ARGV[2]
local allowed, tally_prefix = tonumber(ARGV[4]), ARGV[5]

local published = redis.call('HMGET', settings, 'epoch', 'state', 'heartbeat_ttl_ms')
local life = redis.call('HMGET', incarnation, 'id', 'last_us')
if not published[1] or not life[1] then
  return {'unready'}
end

local function answer(verdict)
  local state = state_of(id, waiting, serving, ticket, outcome)
  return {verdict, life[1], published[1], state[1], state[2], state[3], state[4], state[5], state[6], state[7]}
end

-- Mostly none of them exists, and one look is enough.
local met = redis.call('EXISTS', ticket, outcome, reference)
if met > 0 and redis.call('EXISTS', ticket, outcome) > 0 then
  return answer('known')
end
if published[2] == 'closed' then
  return {'closed'}
end
local joined_lately = redis.call('INCR', joins)
if joined_lately == 1 then
  redis.call('EXPIRE', joins, 60)
end
if joined_lately > allowed then
  return {'crowded', redis.call('TTL', joins)}
end

local now_us = clock_us()
local number_us = math.max(now_us, tonumber(life[2]) + 1)
local number = integer(number_us)
redis.call('HSET', incarnation, 'last_us', number)
redis.call('HSET', ticket, 'number', number, 'reference', ARGV[3])
redis.call('ZADD', waiting, number, id)
redis.call('ZADD', present, number, id)
redis.call('ZADD', polling, integer(now_us / 1000 + tonumber(published[3])), id)
if request ~= '' then
  redis.call('SET', sealed, request)
end
redis.call('SADD', reference, id)
if met > 0 then
  redis.call('PERSIST', reference)
end
tally(tally_prefix, now_us / 1000, 'joined', 1)
-- The last number is the last place.
return {'joined', life[1], published[1], 'waiting', number, redis.call('ZCARD', waiting), '', '', '', ''}
