-- Puts a ticket that Redis has lost back at its old number: present, held by the web process that asks, or polling.
-- A repeat changes nothing, and whoever has ended in this life stays ended.
-- KEYS: 1 waiting, 2 present, 3 serving, 4 polling, 5 settings, 6 incarnation, 7 ended, 8 ticket, 9 sealed, 10 outcome, 11 ref, 12 held of this hub, 13 hubs
-- ARGV: 1 ticket id, 2 queue number, 3 epoch, 4 incarnation id, 5 sealed request, 6 reference, 7 hub or '', 8 tally prefix
-- Returns {verdict, state…}; verdict: restored, known, gone (it ended, or is too old to have been lost), unready.

-- Of tickets given so shortly before Redis stopped, the last second of an append-only file may know nothing.
local UNSURE_MS = 10000
-- Longer than that, so that the outcome of such a ticket has not expired when it is looked for.
local SURE_MS = 30000

local waiting, present, serving, polling = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local settings, incarnation, ended = KEYS[5], KEYS[6], KEYS[7]
local ticket, sealed, outcome, reference, held = KEYS[8], KEYS[9], KEYS[10], KEYS[11], KEYS[12]
local id, number, hub = ARGV[1], ARGV[2], ARGV[7]

local published = redis.call('HMGET', settings, 'epoch', 'heartbeat_ttl_ms', 'result_ttl_ms')
local life = redis.call('HMGET', incarnation, 'id', 'born_ms', 'resumed_ms', 'stopped_ms', 'last_us', 'run_id')
if not published[1] or not life[1] then
  return {'unready', 'gone', '', '', '', '', '', ''}
end
local now_ms = clock_us() / 1000

local function answer(verdict, known_number)
  local state = state_of(id, waiting, serving, ticket, outcome, known_number)
  return {verdict, state[1], state[2], state[3], state[4], state[5], state[6], state[7]}
end

local function was_lost()
  if published[1] ~= ARGV[3] or tonumber(number) <= 0 or redis.call('SISMEMBER', ended, id) == 1 then
    return false
  end
  if life[1] ~= ARGV[4] then
    return now_ms < tonumber(life[2]) + RESTORABLE_MS
  end
  if not life[3] then
    return false
  end
  -- An outcome from before the stop must not have expired yet, or it would be mistaken for none.
  local until_ms = math.min(tonumber(life[3]) + RESTORABLE_MS, tonumber(life[4]) + tonumber(published[3] or 0) - SURE_MS)
  local given_ms = tonumber(number) / 1000
  return now_ms < until_ms and given_ms >= tonumber(life[4]) - UNSURE_MS and given_ms <= tonumber(life[3])
end

local met = redis.call('EXISTS', ticket, outcome, reference)
if met > 0 and redis.call('EXISTS', ticket, outcome) > 0 then
  return answer('known')
end
-- Restarted with its data, and advance has not yet seen it: then nothing can be said.
if life[1] == ARGV[4] and life[6] and life[6] ~= run_id() then
  return {'unready', 'gone', '', '', '', '', '', ''}
end
if not was_lost() then
  return answer('gone')
end
redis.call('ZADD', waiting, number, id)
redis.call('ZADD', present, number, id)
if hub ~= '' then
  redis.call('HSET', ticket, 'number', number, 'reference', ARGV[6], 'holder', hub)
  redis.call('SADD', held, id)
  redis.call('ZADD', KEYS[13], 'NX', 0, hub)
else
  redis.call('HSET', ticket, 'number', number, 'reference', ARGV[6])
  redis.call('ZADD', polling, integer(now_ms + tonumber(published[2] or 15000)), id)
end
if ARGV[5] ~= '' then
  redis.call('SET', sealed, ARGV[5])
end
redis.call('SADD', reference, id)
if met > 0 then
  redis.call('PERSIST', reference)
end
if tonumber(number) > tonumber(life[5]) then
  redis.call('HSET', incarnation, 'last_us', number)
end
tally(ARGV[8], now_ms, 'restored', 1)
return answer('restored', number)
