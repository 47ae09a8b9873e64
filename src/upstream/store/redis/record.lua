-- KEYS: calls, of each call. ARGV: id, age and span of each call.
for index = 1, #KEYS do
    local age, span = tonumber(ARGV[3 * index - 1]), tonumber(ARGV[3 * index])
    if age < span then
        redis.call('ZADD', KEYS[index], text(now - age), ARGV[3 * index - 2])
        keep(KEYS[index], span - age + 1000)
    end
end
return 0
