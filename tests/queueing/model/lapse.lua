-- Lets time pass in the history: moves the time that the scripts read, and takes away what has expired by it.
-- KEYS: 1 time, 2 deadlines of counts of joins, by key, 3 ended
-- ARGV: 1 how many ms, 2 joins prefix, 3 outcome prefix
-- Returns nothing.

local time = redis.call('HMGET', KEYS[1], 's', 'us')
local now_ms = tonumber(time[1]) * 1000 + tonumber(time[2]) / 1000 + tonumber(ARGV[1])
redis.call('HINCRBY', KEYS[1], 'us', ARGV[1] .. '000')

-- Counts of joins expire so long after they began. The server's own clock, which hardly moved, gets more time: however
-- slow the machine, only the history's time shall end them.
local SLOW_MS = 600000
for _, key in ipairs(redis.call('KEYS', ARGV[2] .. '*')) do
  local ends_ms = tonumber(redis.call('HGET', KEYS[2], key))
  if ends_ms <= now_ms then
    redis.call('DEL', key)
    redis.call('HDEL', KEYS[2], key)
  else
    redis.call('PEXPIRE', key, string.format('%.0f', ends_ms - now_ms + SLOW_MS))
  end
end
-- The others expire at an instant of the history.
local outcomes = redis.call('KEYS', ARGV[3] .. '*')
outcomes[#outcomes + 1] = KEYS[3]
for _, key in ipairs(outcomes) do
  local ends_ms = redis.call('PEXPIRETIME', key)
  if ends_ms > 0 and ends_ms <= now_ms then
    redis.call('DEL', key)
  end
end
