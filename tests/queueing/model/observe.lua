-- Reads everything that the database holds, in one atomic look; then the time of the history moves on by 1 ms.
-- KEYS: 1 time, 2 deadlines of counts of joins, by key
-- ARGV: 1 joins prefix
-- Returns JSON: [now ms, [[key, type, ms to live, value], …]]; hashes and sorted sets as flat lists, all values as text.

local READ = {
  zset = function(key) return redis.call('ZRANGE', key, 0, -1, 'WITHSCORES') end,
  hash = function(key) return redis.call('HGETALL', key) end,
  set = function(key) return redis.call('SMEMBERS', key) end,
  string = function(key) return redis.call('GET', key) end,
}

local time = redis.call('HMGET', KEYS[1], 's', 'us')
local now_ms = tonumber(time[1]) * 1000 + tonumber(time[2]) / 1000

local found = {}
for place, key in ipairs(redis.call('KEYS', '*')) do
  local kind = redis.call('TYPE', key).ok
  local ttl_ms = redis.call('PTTL', key)
  found[place] = {key, kind, ttl_ms, READ[kind](key)}
  -- They live for so long from when they began; what is left of that by the server's own clock, is soon wrong.
  if string.sub(key, 1, #ARGV[1]) == ARGV[1] then
    redis.call('HSETNX', KEYS[2], key, string.format('%.0f', now_ms + math.ceil(ttl_ms / 1000) * 1000))
  end
end
redis.call('HINCRBY', KEYS[1], 'us', 1000)
return cjson.encode({string.format('%.0f', now_ms), found})
