-- One plain command on one key, which a Redis that is full must not refuse.
-- KEYS: 1 the key
-- ARGV: 1 command, then its arguments behind the key
-- Returns what the command returns.

return redis.call(ARGV[1], KEYS[1], unpack(ARGV, 2))
