-- Sees how a room moves and who has gone from it, once a second whoever comes first. Counts alone: the cost does not
-- depend on how many wait. Changes nothing; learn.lua writes what follows from it.
-- KEYS: 1 waiting, 2 present, 3 calls, 4 settings, 5 incarnation, 6 pace
-- ARGV: 1 how old an observation may be to be left as it is, µs, 2 and 3 since when somebody of the oldest, of the middle class of age has been in line, µs
-- Returns {field, value, … of pace}, and unless that is fresh (or there is no state) {at µs, the largest queue number of each class},
--         {called since, waiting, passed, 1 when the minute's cap is used up, 1 when nobody may be called}, {stayed of each class}, {present of each class}.

local WINDOW_US = 60 * 1000000

local waiting, present, calls, settings, incarnation, pace = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6]
local fresh_us, old_us, middle_us = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])

local stored = redis.call('HGETALL', pace)
local before = redis.call('HMGET', pace, 'at_us', 'oldest_us', 'middle_us', 'youngest_us')
local published = redis.call('HMGET', settings, 'state', 'new_users_per_minute')
local life = redis.call('HMGET', incarnation, 'last_us', 'hold_until_ms', 'settling_ms', 'born_ms')
local clock = clock_us()
local since_us = before[1] and clock - tonumber(before[1])
if not published[1] or not life[1] or (since_us and since_us >= 0 and since_us < fresh_us) then
  return {stored}
end

-- Present tickets of each class, whose bounds are queue numbers: the oldest first.
local function present_up_to(oldest, middle, youngest)
  return {
    redis.call('ZCOUNT', present, '-inf', oldest),
    redis.call('ZCOUNT', present, '(' .. oldest, middle),
    redis.call('ZCOUNT', present, '(' .. middle, youngest),
  }
end

local function passed()
  local first = redis.call('ZRANGE', present, 0, 0, 'WITHSCORES')[2]
  return first and redis.call('ZCOUNT', waiting, '-inf', '(' .. first) or redis.call('ZCARD', waiting)
end

local called, of_the_minute = 0, 0
local batches = redis.call('ZRANGEBYSCORE', calls, '(' .. integer(clock - WINDOW_US), '+inf', 'WITHSCORES')
for index = 1, #batches, 2 do
  local count = tonumber(string.match(batches[index], '^(%d+)'))
  of_the_minute = of_the_minute + count
  if before[1] and tonumber(batches[index + 1]) > tonumber(before[1]) then
    called = called + count
  end
end

local now_us = math.max(clock, tonumber(life[1]))
local oldest, middle, youngest = integer(now_us - old_us), integer(now_us - middle_us), integer(now_us)
local stayed = before[4] and present_up_to(before[2], before[3], before[4]) or {0, 0, 0}
local capped = of_the_minute >= tonumber(published[2])
-- As in advance.lua: a clock that was set back to before the birth holds nobody.
local held = clock / 1000 < tonumber(life[2] or 0) and clock / 1000 >= tonumber(life[4])
local standing = published[1] == 'paused' or held or life[3]
return {
  stored,
  {integer(clock), oldest, middle, youngest},
  {called, redis.call('ZCARD', waiting), passed(), capped and 1 or 0, standing and 1 or 0},
  stayed,
  present_up_to(oldest, middle, youngest),
}
