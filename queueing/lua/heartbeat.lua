-- One sign of life for all tickets that a web process holds in this room.
-- KEYS: 1 hubs, 2 servers, 3 settings
-- ARGV: 1 hub, 2 open sockets of this room, 3 nonce of this heartbeat
-- Returns 1 when the process was known to be alive, 0 when it is new or had been silent too long: then it must hold its tickets again.
-- Beside the sockets of one that was told so stands that heartbeat's nonce: a repeat tells it again.

local hubs, servers, settings = KEYS[1], KEYS[2], KEYS[3]
local hub, sockets, nonce = ARGV[1], ARGV[2], ARGV[3]

local ttl_ms = tonumber(redis.call('HGET', settings, 'heartbeat_ttl_ms') or 15000)
local now_ms = clock_us() / 1000
local deadline = redis.call('ZSCORE', hubs, hub)
redis.call('ZADD', hubs, integer(now_ms + ttl_ms), hub)
local told = string.match(redis.call('HGET', servers, hub) or '', ' (.*)')
if deadline and tonumber(deadline) >= now_ms and told ~= nonce then
  redis.call('HSET', servers, hub, sockets)
  return 1
end
redis.call('HSET', servers, hub, sockets .. ' ' .. nonce)
return 0
