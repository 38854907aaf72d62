-- Ends a ticket with the outcome of an attempt. The first outcome stands; a repeat changes nothing.
-- A refusal or failure counts from the attempt that holds the ticket alone; `issued` counts from any attempt, however late.
-- KEYS: 1 waiting, 2 present, 3 away, 4 serving, 5 polling, 6 ticket, 7 sealed, 8 outcome, 9 settings, 10 ended, 11 incarnation
-- ARGV: 1 ticket id, 2 attempt, 3 state, 4 reason, 5 encrypted document or '', 6 held prefix, 7 reference prefix, 8 tally prefix, 9 proof (vouching.py) or ''
-- Returns 1 when this outcome stands, 0 when it came too late (another attempt's turn, or the person has left).

local keys = {
  waiting = KEYS[1], present = KEYS[2], away = KEYS[3], serving = KEYS[4], polling = KEYS[5],
  ticket = KEYS[6], sealed = KEYS[7], outcome = KEYS[8], ended = KEYS[10], incarnation = KEYS[11],
  held_prefix = ARGV[6], reference_prefix = ARGV[7], tally_prefix = ARGV[8],
}
local id, attempt, state, reason, document = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]

if redis.call('EXISTS', keys.ticket) == 0 then
  local told = redis.call('HMGET', keys.outcome, 'state', 'reason')
  return (told[1] == state and told[2] == reason) and 1 or 0
end
if state ~= 'issued' and not has_lease(id, attempt, keys.serving, keys.ticket) then
  return 0
end
local result_ttl_ms = tonumber(redis.call('HGET', KEYS[9], 'result_ttl_ms') or 600000)
conclude(id, keys, state, reason, result_ttl_ms, clock_us() / 1000)
if document ~= '' then
  redis.call('HSET', keys.outcome, 'document', document)
end
if ARGV[9] ~= '' then
  redis.call('HSET', keys.outcome, 'proof', ARGV[9])
end
return 1
