-- KEYS: calls, and closed, of each limit. ARGV: id, longest wait, then calls and span of each limit.
local limits = #KEYS / 2
local times, closed, at = {}, {}, now
for index = 1, limits do
    redis.call('ZREM', KEYS[index], ARGV[1])
    prune(KEYS[index], tonumber(ARGV[2 * index + 2]))
    times[index] = taken(KEYS[index])
    closed[index] = closed_until(KEYS[limits + index])
end
local before
repeat
    before = at
    for index = 1, limits do
        local calls, span = tonumber(ARGV[2 * index + 1]), tonumber(ARGV[2 * index + 2])
        at = earliest(times[index], closed[index], calls, span, at)
    end
until at == before
local wait = at - now
if wait > tonumber(ARGV[2]) then
    return { 0, wait }
end
local reply = { 1, wait }
for index = 1, limits do
    local calls, span = tonumber(ARGV[2 * index + 1]), tonumber(ARGV[2 * index + 2])
    redis.call('ZADD', KEYS[index], text(at), ARGV[1])
    keep(KEYS[index], wait + span + 1000)
    times[index][#times[index] + 1] = at
    reply[#reply + 1] = left(times[index], closed[index], calls, span)
end
return reply
