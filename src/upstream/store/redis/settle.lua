-- KEYS: calls of each limit. ARGV: id, whether it arrived, then the span of each limit.
for index = 1, #KEYS do
    if ARGV[2] == '1' then
        redis.call('ZADD', KEYS[index], text(now), ARGV[1])
        keep(KEYS[index], tonumber(ARGV[index + 2]) + 1000)
    else
        redis.call('ZREM', KEYS[index], ARGV[1])
    end
end
return 0
