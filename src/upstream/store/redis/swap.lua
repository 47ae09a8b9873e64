-- KEYS: the value. ARGV: whether one is expected, the expected, whether there is a new one, the new, its milliseconds.
local found = redis.call('GET', KEYS[1])
local expected = ARGV[1] == '1' and ARGV[2]
if found ~= expected then
    return found and { 0, found } or { 0 }
end
if ARGV[3] == '1' then
    redis.call('SET', KEYS[1], ARGV[4], 'PX', ARGV[5])
else
    redis.call('DEL', KEYS[1])
end
return { 1 }
