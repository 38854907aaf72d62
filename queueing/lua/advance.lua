-- Moves one room on: marks the absent, ends whose grace ran out, gives lapsed leases back, calls the first of those present.
-- Cleaning up is bounded by ARGV 2 and says when there is more; calling is bounded by both caps, exactly.
-- Where nobody could report (Redis stood still, or is new), silence is nobody's fault: see settles and may_lapse.
-- KEYS: 1 waiting, 2 present, 3 away, 4 serving, 5 polling, 6 hubs, 7 servers, 8 calls, 9 settings, 10 incarnation, 11 ended, 12 outage
-- ARGV: 1 how many may be called at most (what workers can take on now), 2 how many items to clean up at most, 3 held prefix, 4 ticket prefix, 5 sealed prefix,
--       6 outcome prefix, 7 reference prefix, 8 tally prefix
-- Returns {1 when more is left to clean up else 0, {id, called µs, …}, {id of those that failed, …}, counts {marked, lapsed, given back}, {queue number of each called, …}}.

local TRIES = 3
local WINDOW_US = 60 * 1000000
-- After a standstill workers too get a moment to renew their leases.
local SETTLE_MS = 2000
-- So long without anybody who advances, and absences of before are forgiven.
local STANDSTILL_MS = 10000
-- Mass disappearance: so many of the room, so many at least, in so long a time; and how long it is forgiven.
local MASS_SHARE, MASS_LEAST, MASS_MS = 1 / 3, 50, 10000
local OUTAGE_GRACE_MS = 15 * 60 * 1000
-- After the hold of a new incarnation calls are evenly spaced for so long.
local SPACED_MS = 60000

local waiting, present, away, serving, polling = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local hubs, servers, calls, settings, incarnation, ended, outage = unpack(KEYS, 6, 12)
local may_call, budget = tonumber(ARGV[1]), tonumber(ARGV[2])
local held_prefix, ticket_prefix, tally_prefix = ARGV[3], ARGV[4], ARGV[8]

local published = redis.call('HMGET', settings, 'state', 'total_active_users', 'new_users_per_minute',
  'grace_period_ms', 'lease_ms', 'result_ttl_ms', 'epoch_began_us', 'heartbeat_ttl_ms')
local life = redis.call('HMGET', incarnation, 'last_us', 'alive_ms', 'hold_until_ms', 'settling_ms', 'run_id',
  'born_ms', 'stood_until_ms')
if not published[1] or not life[1] then
  return {0, {}, {}, {0, 0, 0}, {}}
end
local state = published[1]
local total_active_users, new_users_per_minute = tonumber(published[2]), tonumber(published[3])
local grace_ms, lease_ms, result_ttl_ms = tonumber(published[4]), tonumber(published[5]), tonumber(published[6])
local heartbeat_ttl_ms = tonumber(published[8])
local clock = clock_us()
local now_us = math.max(clock, tonumber(life[1]) + 1)
local now_ms = clock / 1000
local just_before_now = '(' .. integer(now_ms)
-- Who was never advanced has stood still since birth.
local alive_ms = tonumber(life[2] or life[6])
local still_ms = now_ms - alive_ms

local polled_ms = polled_since(incarnation, now_ms)
local marked, lapsed, given_back = 0, 0, 0
local failed, numbers = {}, {}

local function keys_of(id)
  return {
    waiting = waiting, present = present, away = away, serving = serving, polling = polling,
    ticket = ticket_prefix .. id, sealed = ARGV[5] .. id, outcome = ARGV[6] .. id, ended = ended, incarnation = incarnation,
    held_prefix = held_prefix, reference_prefix = ARGV[7], tally_prefix = tally_prefix,
  }
end

-- Another run id with the same data: tickets given just before may be lost (restore.lua).
local function notice_restart()
  local current = run_id()
  if current and current ~= life[5] then
    redis.call('HSET', incarnation, 'run_id', current)
    if life[5] then
      redis.call('HSET', incarnation, 'resumed_ms', integer(now_ms), 'stopped_ms', life[2] or integer(now_ms))
    end
  end
end

-- Polls that were good before a standstill stay good for POLLED_MS after it, not counting later standstills in that time.
local function stand_still()
  local before_ms, until_ms = alive_ms, tonumber(life[7] or 0)
  if until_ms > 0 and before_ms >= until_ms and before_ms < until_ms + POLLED_MS then
    redis.call('HSET', incarnation, 'stood_until_ms', integer(until_ms + still_ms))
  else
    redis.call('HSET', incarnation, 'stood_from_ms', integer(before_ms), 'stood_until_ms', integer(math.floor(now_ms)))
  end
end

-- After a standstill nobody is marked absent, and nobody called, before every web process could report again.
local function settles()
  local since_ms = math.min(tonumber(life[4] or 0), now_ms)
  if still_ms > heartbeat_ttl_ms / 3 then
    since_ms = now_ms
    redis.call('HSET', incarnation, 'settling_ms', integer(since_ms))
    stand_still()
  end
  if since_ms == 0 then
    return false
  end
  local silent = redis.call('ZCOUNT', hubs, '-inf', '(' .. integer(since_ms + heartbeat_ttl_ms)) > 0
  if now_ms < since_ms + SETTLE_MS or (silent and now_ms < since_ms + heartbeat_ttl_ms) then
    return true
  end
  redis.call('HDEL', incarnation, 'settling_ms')
  return false
end

-- Whether so many have gone at once, or nobody could report, that it is not their doing.
local function is_outage(lately)
  if still_ms > STANDSTILL_MS then
    return true
  end
  if redis.call('ZCARD', hubs) > 0 and redis.call('ZCOUNT', hubs, integer(now_ms), '+inf') == 0 then
    return redis.call('ZCARD', waiting) > 0
  end
  return lately >= MASS_LEAST and lately >= MASS_SHARE * redis.call('ZCARD', waiting)
end

-- Mass disappearance is not leaving: nobody lapses before half of those have returned and everybody had their grace anew.
local function may_lapse()
  local gone = redis.call('ZCARD', away)
  local lately = redis.call('ZCOUNT', away, integer(now_ms - MASS_MS), '+inf')
  local trouble = is_outage(lately)
  local known = redis.call('HMGET', outage, 'began_ms', 'base', 'peak', 'returned_ms')
  if not known[1] and not trouble then
    return true
  end
  local began_ms, base = tonumber(known[1] or now_ms), tonumber(known[2] or gone - lately)
  local peak, returned_ms = math.max(tonumber(known[3] or 0), gone), tonumber(known[4] or 0)
  if now_ms >= began_ms + OUTAGE_GRACE_MS then
    if not trouble then redis.call('DEL', outage) end
    return true
  end
  if trouble then
    returned_ms = 0
  elseif returned_ms == 0 and (gone - base) * 2 <= peak - base then
    returned_ms = now_ms
  elseif returned_ms > 0 and now_ms >= returned_ms + grace_ms then
    redis.call('DEL', outage)
    return true
  end
  redis.call('HSET', outage, 'began_ms', integer(began_ms), 'base', integer(base), 'peak', integer(peak),
    'returned_ms', integer(returned_ms))
  return false
end

local function mark_unless_here(id)
  if not is_here(id, ticket_prefix .. id, hubs, polling, polled_ms, now_ms) and redis.call('ZREM', present, id) == 1 then
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
  for _, id in ipairs(redis.call('ZRANGEBYSCORE', polling, '-inf', '(' .. integer(polled_ms), 'LIMIT', 0, budget)) do
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
      give_back(id, keys, hubs, polled_ms, now_ms)
      given_back = given_back + 1
    end
  end
end

-- How many were called since then; a call from the future (the clock was set back) counts as one of now.
local function calls_since(since_us)
  local count = 0
  for _, batch in ipairs(redis.call('ZRANGEBYSCORE', calls, '(' .. integer(since_us), '+inf')) do
    count = count + tonumber(string.match(batch, '^(%d+)'))
  end
  return count
end

local function forget_old_calls()
  redis.call('ZREMRANGEBYSCORE', calls, '-inf', integer(clock - WINDOW_US))
  for _, batch in ipairs(redis.call('ZRANGEBYSCORE', calls, integer(clock + 1000000), '+inf')) do
    redis.call('ZADD', calls, integer(clock), batch)
  end
end

-- How many the caps still allow. After the hold of a new incarnation, which has forgotten whom it called, evenly spaced.
local function allowed_by_minute()
  local allowed = new_users_per_minute - calls_since(clock - WINDOW_US)
  local held_until_ms = tonumber(life[3] or 0)
  if held_until_ms > 0 and now_ms >= tonumber(life[6]) and now_ms < held_until_ms + SPACED_MS then
    local share = math.ceil(new_users_per_minute * (now_ms - held_until_ms) / SPACED_MS)
    allowed = math.min(allowed, share - calls_since(held_until_ms * 1000))
  end
  return allowed
end

local function is_held()
  return now_ms < tonumber(life[3] or 0) and now_ms >= tonumber(life[6])
end

-- An absence that is not yet marked still stands in present, so everybody's holder is looked at when called.
local function call_the_first()
  local called = {}
  if may_call <= 0 or state == 'paused' or is_held() then
    return called
  end
  local free = total_active_users - redis.call('ZCARD', serving)
  if free <= 0 or redis.call('ZCARD', present) == 0 then
    return called
  end
  forget_old_calls()
  free = math.min(free, may_call, allowed_by_minute(), 500)
  local looked_at = 0
  while #called / 2 < free and looked_at < 1000 do
    local id = redis.call('ZRANGEBYSCORE', present, published[7], '+inf', 'LIMIT', 0, 1)[1]
    if not id then break end
    looked_at = looked_at + 1
    local ticket = ticket_prefix .. id
    redis.call('ZREM', present, id)
    if is_here(id, ticket, hubs, polling, polled_ms, now_ms) then
      local called_us = integer(now_us + #called / 2)
      numbers[#numbers + 1] = redis.call('ZSCORE', waiting, id)
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
    redis.call('HSET', incarnation, 'last_us', called[#called])
    -- As late as the last of them, so that no window of any clock holds more.
    redis.call('ZADD', calls, integer(clock + #called / 2),
      table.concat({integer(#called / 2), called[1], integer(clock)}, ' '))
    redis.call('EXPIRE', calls, 120)
    tally(tally_prefix, now_ms, 'called', #called / 2)
  end
  return called
end

notice_restart()
redis.call('HSET', incarnation, 'alive_ms', integer(now_ms))
local lapse_allowed = may_lapse()
if settles() then
  return {0, {}, {}, {0, 0, 0}, {}}
end
bury_silent_hubs()
end_silent_polls()
if lapse_allowed then
  end_those_away_too_long()
end
end_those_of_an_older_epoch()
settle_lapsed_leases()
local called = call_the_first()
return {budget <= 0 and 1 or 0, called, failed, {marked, lapsed, given_back}, numbers}
