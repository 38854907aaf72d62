-- The few rules that several scripts share. Each script gets the functions it calls (store.py); each calls only those above it.
-- Numbers of microseconds are doubles here, exact below 2^53; they are written with integer() because tostring and .. lose digits.

local REFERENCE_KEPT_S = 86400
local TALLY_KEPT_S = 600
-- How long after the birth of an incarnation (or a restart of Redis with its data) tickets it does not know are put back.
local RESTORABLE_MS = 600000
-- No poll is good for longer: the time between two of a hidden tab.
local POLLED_MS = 75000

local function integer(number)
  return string.format('%.0f', number)
end

local function clock_us()
  local time = redis.call('TIME')
  return tonumber(time[1]) * 1000000 + tonumber(time[2])
end

local function run_id()
  return string.match(redis.call('INFO', 'server'), 'run_id:(%x+)')
end

-- When a poll must have been good still to count: now. After a standstill, in which nobody could poll, as it began,
-- until everybody had the time to poll again. See stand_still in advance.lua.
local function polled_since(incarnation, now_ms)
  local stood = redis.call('HMGET', incarnation, 'stood_from_ms', 'stood_until_ms')
  local until_ms = tonumber(stood[2] or 0)
  if until_ms > 0 and now_ms >= until_ms and now_ms < until_ms + POLLED_MS then
    return math.min(now_ms, tonumber(stood[1]))
  end
  return now_ms
end

-- Is anybody there: a live web process that holds the ticket, or a poll that is not too old (see polled_since).
local function is_here(id, ticket, hubs, polling, polled_ms, now_ms)
  local holder = redis.call('HGET', ticket, 'holder')
  if holder then
    local deadline = redis.call('ZSCORE', hubs, holder)
    if deadline and tonumber(deadline) >= now_ms then
      return true
    end
  end
  local deadline = redis.call('ZSCORE', polling, id)
  return deadline and tonumber(deadline) >= polled_ms or false
end

local function tally(prefix, now_ms, what, count)
  local key = prefix .. integer(math.floor(now_ms / 60000))
  -- A key that exists has its time to live already, whatever was counted first.
  if redis.call('HINCRBY', key, what, count) == count then
    redis.call('EXPIRE', key, TALLY_KEPT_S)
  end
end

-- Remembers that a ticket has ended, for as long as it could be taken for one that was lost.
local function remember_end(id, ended, incarnation, now_ms)
  local life = redis.call('HMGET', incarnation, 'born_ms', 'resumed_ms')
  local until_ms = math.max(tonumber(life[1] or 0), tonumber(life[2] or 0)) + RESTORABLE_MS
  if now_ms <= until_ms then
    redis.call('SADD', ended, id)
    redis.call('PEXPIREAT', ended, integer(until_ms + 1000))
  end
end

-- {state, number, position, called_us, reason, expires_ms, proof}; empty strings where a field does not apply, state 'gone' for the unknown.
local function state_of(id, waiting, serving, ticket, outcome, number)
  local rank = redis.call('ZRANK', waiting, id)
  if rank then
    return {'waiting', number or redis.call('HGET', ticket, 'number') or '', rank + 1, '', '', '', ''}
  end
  if redis.call('ZSCORE', serving, id) then
    local known = redis.call('HMGET', ticket, 'number', 'called_us')
    return {'serving', known[1] or '', '', known[2] or '', '', '', ''}
  end
  local ended = redis.call('HMGET', outcome, 'state', 'reason', 'expires_ms', 'number', 'called_us', 'proof')
  if ended[1] then
    return {ended[1], ended[4] or '', '', ended[5] or '', ended[2] or '', ended[3] or '', ended[6] or ''}
  end
  return {'gone', '', '', '', '', '', ''}
end

-- Ends a ticket for good: out of every set, its request deleted, its outcome told for result_ttl_ms.
-- keys: waiting, present, away, serving, polling, ticket, sealed, outcome, ended, incarnation, held_prefix, reference_prefix, tally_prefix
local function conclude(id, keys, state, reason, result_ttl_ms, now_ms)
  local known = redis.call('HMGET', keys.ticket, 'number', 'called_us', 'holder', 'reference')
  redis.call('ZREM', keys.waiting, id)
  redis.call('ZREM', keys.present, id)
  redis.call('ZREM', keys.away, id)
  redis.call('ZREM', keys.serving, id)
  redis.call('ZREM', keys.polling, id)
  if known[3] then
    redis.call('SREM', keys.held_prefix .. known[3], id)
  end
  redis.call('DEL', keys.ticket, keys.sealed)
  local expires_ms = integer(math.floor(now_ms + result_ttl_ms))
  redis.call('HSET', keys.outcome, 'state', state, 'reason', reason, 'expires_ms', expires_ms,
    'number', known[1] or '', 'called_us', known[2] or '')
  redis.call('PEXPIREAT', keys.outcome, expires_ms)
  if known[4] then
    redis.call('EXPIRE', keys.reference_prefix .. known[4], REFERENCE_KEPT_S)
  end
  remember_end(id, keys.ended, keys.incarnation, now_ms)
  tally(keys.tally_prefix, now_ms, state, 1)
end

-- Whether this attempt is the one that has the ticket now; once it is back in line, called again or not, it is not.
local function has_lease(id, attempt, serving, ticket)
  local known = redis.call('HMGET', ticket, 'attempt', 'claimed')
  return known[1] == attempt and known[2] and redis.call('ZSCORE', serving, id) and true or false
end

-- Puts a ticket that was being served back into the line, at its old number; away where nobody is there.
local function give_back(id, keys, hubs, polled_ms, now_ms)
  local number = redis.call('HGET', keys.ticket, 'number')
  redis.call('ZREM', keys.serving, id)
  redis.call('HDEL', keys.ticket, 'claimed', 'called_us')
  redis.call('ZADD', keys.waiting, number, id)
  if is_here(id, keys.ticket, hubs, keys.polling, polled_ms, now_ms) then
    redis.call('ZADD', keys.present, number, id)
  else
    redis.call('ZADD', keys.away, integer(now_ms), id)
  end
end
