-- Puts tickets that Redis has lost back at their old numbers: present, held by the web process that asks, or polling.
-- A repeat changes nothing, and whoever has ended in this life stays ended.
-- KEYS: 1 waiting, 2 present, 3 serving, 4 polling, 5 settings, 6 incarnation, 7 ended, 8 held of this hub, 9 hubs; then of each ticket: ticket, sealed, outcome, ref
-- ARGV: 1 hub or '', 2 tally prefix; then of each ticket: id, queue number, epoch, incarnation id, sealed request, reference
-- Returns of each ticket {verdict, state…}; verdict: restored, known, gone (it ended, or is too old to have been lost), unready.

-- Of tickets given so shortly before Redis stopped, the last second of an append-only file may know nothing.
local UNSURE_MS = 10000
-- Longer than that, so that the outcome of such a ticket has not expired when it is looked for.
local SURE_MS = 30000
-- How many KEYS and ARGV are of no ticket, and how many are of each.
local SHARED_KEYS, SHARED_ARGS, OWN_KEYS, OWN_ARGS = 9, 2, 4, 6

local waiting, present, serving, polling = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local settings, incarnation, ended, held, hubs = KEYS[5], KEYS[6], KEYS[7], KEYS[8], KEYS[9]
local hub, tally_prefix = ARGV[1], ARGV[2]

local published = redis.call('HMGET', settings, 'epoch', 'heartbeat_ttl_ms', 'result_ttl_ms')
local life = redis.call('HMGET', incarnation, 'id', 'born_ms', 'resumed_ms', 'stopped_ms', 'last_us', 'run_id')
local is_ready = published[1] and life[1]
local now_ms = clock_us() / 1000
local last_us = tonumber(life[5] or 0)
local run

local function has_restarted()
  run = run or run_id()
  return life[6] ~= run
end

local function was_lost(id, number, epoch, lived_in)
  if published[1] ~= epoch or tonumber(number) <= 0 or redis.call('SISMEMBER', ended, id) == 1 then
    return false
  end
  if life[1] ~= lived_in then
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

local function put_back(id, number, request, name, ticket, sealed, reference)
  redis.call('ZADD', waiting, number, id)
  redis.call('ZADD', present, number, id)
  if hub ~= '' then
    redis.call('HSET', ticket, 'number', number, 'reference', name, 'holder', hub)
    redis.call('SADD', held, id)
  else
    redis.call('HSET', ticket, 'number', number, 'reference', name)
    redis.call('ZADD', polling, integer(now_ms + tonumber(published[2] or 15000)), id)
  end
  if request ~= '' then
    redis.call('SET', sealed, request)
  end
  redis.call('SADD', reference, id)
  last_us = math.max(last_us, tonumber(number))
end

local function restore(keys_at, args_at)
  local ticket, sealed, outcome, reference = unpack(KEYS, keys_at + 1, keys_at + OWN_KEYS)
  local id, number, epoch, lived_in, request, name = unpack(ARGV, args_at + 1, args_at + OWN_ARGS)
  if not is_ready then
    return 'unready'
  end
  local met = redis.call('EXISTS', ticket, outcome, reference)
  if met > 0 and redis.call('EXISTS', ticket, outcome) > 0 then
    return 'known'
  end
  -- Restarted with its data, and advance has not yet seen it: then nothing can be said.
  if life[1] == lived_in and life[6] and has_restarted() then
    return 'unready'
  end
  if not was_lost(id, number, epoch, lived_in) then
    return 'gone'
  end
  put_back(id, number, request, name, ticket, sealed, reference)
  if met > 0 then
    redis.call('PERSIST', reference)
  end
  return 'restored'
end

local verdicts, restored = {}, 0
local tickets = (#ARGV - SHARED_ARGS) / OWN_ARGS
for index = 1, tickets do
  verdicts[index] = restore(SHARED_KEYS + (index - 1) * OWN_KEYS, SHARED_ARGS + (index - 1) * OWN_ARGS)
  restored = restored + (verdicts[index] == 'restored' and 1 or 0)
end
if restored > 0 then
  if hub ~= '' then
    redis.call('ZADD', hubs, 'NX', 0, hub)
  end
  if last_us > tonumber(life[5]) then
    redis.call('HSET', incarnation, 'last_us', integer(last_us))
  end
  tally(tally_prefix, now_ms, 'restored', restored)
end

-- Only now is everybody in line who is before somebody else.
local answers = {}
for index = 1, tickets do
  local keys_at, args_at = SHARED_KEYS + (index - 1) * OWN_KEYS, SHARED_ARGS + (index - 1) * OWN_ARGS
  local state = {'gone', '', '', '', '', '', ''}
  if verdicts[index] ~= 'unready' then
    local number = verdicts[index] == 'restored' and ARGV[args_at + 2]
    state = state_of(ARGV[args_at + 1], waiting, serving, KEYS[keys_at + 1], KEYS[keys_at + 3], number)
  end
  answers[index] = {verdicts[index], unpack(state)}
end
return answers
