-- A person leaves for good; after an outcome it erases the document. A repeat changes nothing.
-- KEYS: 1 waiting, 2 present, 3 away, 4 serving, 5 polling, 6 ticket, 7 sealed, 8 outcome, 9 settings, 10 ended, 11 incarnation
-- ARGV: 1 ticket id, 2 held prefix, 3 reference prefix, 4 tally prefix
-- Returns 1 when there was something to leave, else 0.

local keys = {
  waiting = KEYS[1], present = KEYS[2], away = KEYS[3], serving = KEYS[4], polling = KEYS[5],
  ticket = KEYS[6], sealed = KEYS[7], outcome = KEYS[8], ended = KEYS[10], incarnation = KEYS[11],
  held_prefix = ARGV[2], reference_prefix = ARGV[3], tally_prefix = ARGV[4],
}
local id = ARGV[1]

local result_ttl_ms = tonumber(redis.call('HGET', KEYS[9], 'result_ttl_ms') or 600000)
if redis.call('EXISTS', keys.ticket) == 1 then
  conclude(id, keys, 'left', '', result_ttl_ms, clock_us() / 1000)
  return 1
end
local state = redis.call('HGET', keys.outcome, 'state')
if not state then
  -- Lost with Redis, perhaps: whoever leaves now is not put back.
  remember_end(id, keys.ended, keys.incarnation, clock_us() / 1000)
  return 0
end
if state == 'left' then
  return 0
end
redis.call('HDEL', keys.outcome, 'document', 'reason', 'proof')
redis.call('HSET', keys.outcome, 'state', 'left')
return 1
