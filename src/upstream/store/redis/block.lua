-- KEYS: calls and closed. ARGV: the wait that was asked for or -1, the wait without a call, the span, the longest
-- wait, and the longest that was not asked for.
local wait, span = tonumber(ARGV[1]), tonumber(ARGV[3])
if wait < 0 then
    prune(KEYS[1], span)
    local first = taken(KEYS[1])[1]
    wait = first and math.max(0, first + tonumber(ARGV[2]) - now) or tonumber(ARGV[2])
    wait = math.min(wait, tonumber(ARGV[5]))
end
wait = math.min(wait, tonumber(ARGV[4]))
if wait > 0 and now + wait > closed_until(KEYS[2]) then
    redis.call('SET', KEYS[2], text(now + wait), 'PX', text(wait))
end
return wait
