-- A worker gives a ticket back, at its old number and without counting a try; away where nobody is there.
-- KEYS: 1 waiting, 2 present, 3 away, 4 serving, 5 polling, 6 hubs, 7 ticket, 8 incarnation
-- ARGV: 1 ticket id, 2 attempt
-- Returns 1 when it was this attempt's to give back, else 0.

local keys = {
  waiting = KEYS[1], present = KEYS[2], away = KEYS[3], serving = KEYS[4], polling = KEYS[5], ticket = KEYS[7],
}
local id, attempt = ARGV[1], ARGV[2]

if not has_lease(id, attempt, keys.serving, keys.ticket) then
  return 0
end
local now_ms = clock_us() / 1000
give_back(id, keys, KEYS[6], polled_since(KEYS[8], now_ms), now_ms)
return 1
