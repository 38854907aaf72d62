-- Everything of the room as Redis would write it to its file, or back from there: a restart may know nothing of the last moments.
-- KEYS: 1 time (which does not go back)
-- ARGV: what an earlier call returned, or nothing
-- Returns {key, instant of expiry, dump, …}.

if #ARGV > 0 then
  for _, key in ipairs(redis.call('KEYS', '*')) do
    if key ~= KEYS[1] then redis.call('DEL', key) end
  end
  for place = 1, #ARGV, 3 do
    redis.call('RESTORE', ARGV[place], ARGV[place + 1], ARGV[place + 2], 'ABSTTL')
  end
end
local found = {}
for _, key in ipairs(redis.call('KEYS', '*')) do
  if key ~= KEYS[1] then
    found[#found + 1] = key
    found[#found + 1] = math.max(0, redis.call('PEXPIRETIME', key))
    found[#found + 1] = redis.call('DUMP', key)
  end
end
return found
