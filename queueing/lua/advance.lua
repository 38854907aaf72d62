-- Moves one room on: marks the absent, ends whose grace ran out, gives lapsed leases back, calls the first of those present.
-- Cleaning up is bounded by ARGV 2 and says when there is more; calling is bounded by both caps, exactly.
-- KEYS: 1 waiting, 2 present, 3 away, 4 serving, 5 polling, 6 hubs, 7 servers, 8 calls, 9 settings, 10 incarnation
-- ARGV: 1 how many may be called at most (what workers can take on now), 2 how many items to clean up at most, 3 held prefix, 4 ticket prefix, 5 sealed prefix,
--       6 outcome prefix, 7 reference prefix, 8 tally prefix
-- Returns {1 when more is left to clean up else 0, {id, called µs, …}, {id of those that failed, …}, counts {marked, lapsed, given back}}.

local TRIES = 3
local WINDOW_US = 60 * 1000000

local waiting, present, away, serving, polling = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local hubs, servers, calls, settings, incarnation = KEYS[6], KEYS[7], KEYS[8], KEYS[9], KEYS[10]
local may_call, budget, held_prefix, ticket_prefix = tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[3], ARGV[4]
local tally_prefix = ARGV[8]

local published = redis.call('HMGET', settings, 'state', 'total_active_users', 'new_users_per_minute',
  'grace_period_ms', 'lease_ms', 'result_ttl_ms', 'epoch_began_us')
local last_us = redis.call('HGET', incarnation, 'last_us')
if not published[1] or not last_us then
  return {0, {}, {}, {0, 0, 0}}
end
local state = published[1]
local total_active_users, new_users_per_minute = tonumber(published[2]), tonumber(published[3])
local grace_ms, lease_ms, result_ttl_ms = tonumber(published[4]), tonumber(published[5]), tonumber(published[6])
local now_us = math.max(clock_us(), tonumber(last_us))
local now_ms = now_us / 1000
local just_before_now = '(' .. integer(now_ms)

local marked, lapsed, given_back = 0, 0, 0
local failed = {}

local function keys_of(id)
  return {
    waiting = waiting, present = present, away = away, serving = serving, polling = polling,
    ticket = ticket_prefix .. id, sealed = ARGV[5] .. id, outcome = ARGV[6] .. id,
    held_prefix = held_prefix, reference_prefix = ARGV[7], tally_prefix = tally_prefix,
  }
end

local function mark_unless_here(id)
  if not is_here(id, ticket_prefix .. id, hubs, polling, now_ms) and redis.call('ZREM', present, id) == 1 then
    redis.call('ZADD', away, integer(now_ms), id)
    marked = marked + 1
  end
end

local function bury_silent_hubs()
  for _, hub in ipairs(redis.call('ZRANGEBYSCORE', hubs, '-inf', just_before_now, 'LIMIT', 0, 10)) do
    local held = held_prefix .. hub
    if budget > 0 then
      for _, id in ipairs(redis.call('SPOP', held, budget)) do
        budget = budget - 1
        if redis.call('HGET', ticket_prefix .. id, 'holder') == hub then
          redis.call('HDEL', ticket_prefix .. id, 'holder')
          mark_unless_here(id)
        end
      end
    end
    if redis.call('EXISTS', held) == 0 then
      redis.call('ZREM', hubs, hub)
      redis.call('HDEL', servers, hub)
    end
  end
end

local function end_silent_polls()
  if budget <= 0 then return end
  for _, id in ipairs(redis.call('ZRANGEBYSCORE', polling, '-inf', just_before_now, 'LIMIT', 0, budget)) do
    budget = budget - 1
    redis.call('ZREM', polling, id)
    mark_unless_here(id)
  end
end

local function end_those_away_too_long()
  if budget <= 0 then return end
  local limit = math.ceil(budget / 4)
  for _, id in ipairs(redis.call('ZRANGEBYSCORE', away, '-inf', integer(now_ms - grace_ms), 'LIMIT', 0, limit)) do
    budget = budget - 4
    lapsed = lapsed + 1
    conclude(id, keys_of(id), 'lapsed', 'away_too_long', result_ttl_ms, now_ms)
  end
end

local function end_those_of_an_older_epoch()
  if budget <= 0 or published[7] == '0' then return end
  local limit = math.ceil(budget / 4)
  for _, id in ipairs(redis.call('ZRANGEBYSCORE', waiting, '-inf', '(' .. published[7], 'LIMIT', 0, limit)) do
    budget = budget - 4
    lapsed = lapsed + 1
    conclude(id, keys_of(id), 'lapsed', 'line_ended', result_ttl_ms, now_ms)
  end
end

-- Only the lapse of a claimed lease is a try: a message that was lost is nobody's fault.
local function settle_lapsed_leases()
  if budget <= 0 then return end
  local limit = math.ceil(budget / 4)
  for _, id in ipairs(redis.call('ZRANGEBYSCORE', serving, '-inf', just_before_now, 'LIMIT', 0, limit)) do
    budget = budget - 4
    local keys = keys_of(id)
    local tries = 0
    if redis.call('HGET', keys.ticket, 'claimed') then
      tries = redis.call('HINCRBY', keys.ticket, 'tries', 1)
    end
    if tries >= TRIES then
      conclude(id, keys, 'failed', 'internal', result_ttl_ms, now_ms)
      failed[#failed + 1] = id
    else
      give_back(id, keys, hubs, now_ms)
      given_back = given_back + 1
    end
  end
end

local function calls_of_the_last_minute()
  local recent = 0
  for _, batch in ipairs(redis.call('LRANGE', calls, 0, -1)) do
    local at_us, count = string.match(batch, '^(%d+) (%d+)$')
    if tonumber(at_us) <= now_us - WINDOW_US then
      redis.call('LPOP', calls)
    else
      recent = recent + tonumber(count)
    end
  end
  return recent
end

-- An absence that is not yet marked still stands in present, so everybody's holder is looked at when called.
local function call_the_first()
  local called = {}
  if may_call <= 0 or state == 'paused' then
    return called
  end
  local free = total_active_users - redis.call('ZCARD', serving)
  if free <= 0 or redis.call('ZCARD', present) == 0 then
    return called
  end
  free = math.min(free, may_call, new_users_per_minute - calls_of_the_last_minute(), 500)
  local looked_at = 0
  while #called / 2 < free and looked_at < 1000 do
    local id = redis.call('ZRANGE', present, 0, 0)[1]
    if not id then break end
    looked_at = looked_at + 1
    local ticket = ticket_prefix .. id
    redis.call('ZREM', present, id)
    if is_here(id, ticket, hubs, polling, now_ms) then
      local called_us = integer(now_us + #called / 2)
      redis.call('ZREM', waiting, id)
      redis.call('ZADD', serving, integer(now_ms + lease_ms), id)
      redis.call('HSET', ticket, 'called_us', called_us)
      called[#called + 1] = id
      called[#called + 1] = called_us
    else
      redis.call('ZADD', away, integer(now_ms), id)
      marked = marked + 1
    end
  end
  if #called > 0 then
    redis.call('RPUSH', calls, integer(now_us + #called / 2) .. ' ' .. integer(#called / 2))
    redis.call('EXPIRE', calls, 120)
    tally(tally_prefix, now_ms, 'called', #called / 2)
  end
  return called
end

bury_silent_hubs()
end_silent_polls()
end_those_away_too_long()
end_those_of_an_older_epoch()
settle_lapsed_leases()
local called = call_the_first()
return {budget <= 0 and 1 or 0, called, failed, {marked, lapsed, given_back}}
