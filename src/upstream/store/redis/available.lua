-- KEYS: calls, and closed, of each limit. ARGV: calls and span of each limit.
local limits, reply = #KEYS / 2, {}
for index = 1, limits do
    local calls, span = tonumber(ARGV[2 * index - 1]), tonumber(ARGV[2 * index])
    reply[index] = left(taken(KEYS[index]), closed_until(KEYS[limits + index]), calls, span)
end
return reply
