-- A sign of life of one ticket that is watched without a socket.
-- KEYS: 1 waiting, 2 present, 3 away, 4 serving, 5 polling, 6 ticket, 7 outcome
-- ARGV: 1 ticket id, 2 good for how many ms
-- Returns the ticket's state (see state_of).

local waiting, present, away, serving, polling = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local ticket, outcome = KEYS[6], KEYS[7]
local id = ARGV[1]

local number = redis.call('HGET', ticket, 'number')
if number then
  redis.call('ZADD', polling, integer(clock_us() / 1000 + tonumber(ARGV[2])), id)
  if redis.call('ZREM', away, id) == 1 then
    redis.call('ZADD', present, number, id)
  end
end
return state_of(id, waiting, serving, ticket, outcome)
