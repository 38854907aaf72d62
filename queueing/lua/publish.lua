-- Publishes a room's settings; gives birth to an incarnation where there is none; an epoch that rises begins now.
-- Settings older than those published change nothing: their publisher read the database too early, or cannot read it.
-- KEYS: 1 settings, 2 incarnation
-- ARGV: 1 random id for a new incarnation, 2 epoch, 3 for how many ms a new incarnation calls nobody, 4 version, then field, value, field, value …
--       With no other field than its version (and epoch 0) a room is withdrawn: nobody finds it, and no older settings bring it back.
-- Returns {incarnation id, 1 when it was born by this call else 0, 1 where the room was withdrawn and stays so else 0}.

local settings, incarnation = KEYS[1], KEYS[2]
local epoch, version = tonumber(ARGV[2]), tonumber(ARGV[4])

local now_us = clock_us()
local born = 0
if redis.call('EXISTS', incarnation) == 0 then
  local hold_ms = tonumber(ARGV[3])
  local hold_until_ms = hold_ms > 0 and integer(now_us / 1000 + hold_ms) or '0'
  redis.call('HSET', incarnation, 'id', ARGV[1], 'born_ms', integer(math.floor(now_us / 1000)), 'last_us', '0', 'hold_until_ms', hold_until_ms)
  born = 1
end
local id = redis.call('HGET', incarnation, 'id')
local published = redis.call('HMGET', settings, 'epoch', 'epoch_began_us', 'version')
if tonumber(published[3] or 0) > version then
  return {id, born, published[1] and 0 or 1}
end
local began_us = published[2] or '0'
if published[1] and epoch > tonumber(published[1]) then
  began_us = integer(math.max(now_us, tonumber(redis.call('HGET', incarnation, 'last_us')) + 1))
  redis.call('HSET', incarnation, 'last_us', began_us)
end
redis.call('DEL', settings)
redis.call('HSET', settings, 'epoch_began_us', began_us, unpack(ARGV, 5))
return {id, born, 0}
