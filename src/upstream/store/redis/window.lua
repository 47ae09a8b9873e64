-- The sliding window of `sliding_window.rs`, by the clock of this server: replicas need not agree on the time.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local function text(number)
    return string.format('%.0f', number)
end

-- Keeps a key until the last of its calls no longer counts.
local function keep(key, milliseconds)
    if redis.call('PTTL', key) < milliseconds then
        redis.call('PEXPIRE', key, text(milliseconds))
    end
end

-- When the calls of a key were made, ascending.
local function taken(key)
    local rows = redis.call('ZRANGE', key, 0, -1, 'WITHSCORES')
    local times = {}
    for at = 2, #rows, 2 do
        times[#times + 1] = tonumber(rows[at])
    end
    return times
end

local function closed_until(key)
    return tonumber(redis.call('GET', key) or '0')
end

local function prune(key, span)
    redis.call('ZREMRANGEBYSCORE', key, '-inf', '(' .. text(now - span))
end

local function fits(times, calls, span, at)
    local place = 0
    for index = 1, #times do
        if times[index] <= at then
            place = index
        end
    end
    local function moment(index)
        if index < place then
            return times[index + 1]
        elseif index == place then
            return at
        end
        return times[index]
    end
    for first = math.max(0, place - calls), place do
        if first + calls <= #times and moment(first + calls) - moment(first) < span then
            return false
        end
    end
    return true
end

local function earliest(times, closed, calls, span, from)
    local open = math.max(from, closed)
    if fits(times, calls, span, open) then
        return open
    end
    for index = 1, #times do
        local at = times[index] + span
        if at > open and fits(times, calls, span, at) then
            return at
        end
    end
    return open
end

local function left(times, closed, calls, span)
    if closed > now then
        return 0
    end
    local recent = 0
    for index = 1, #times do
        if times[index] + span > now then
            recent = recent + 1
        end
    end
    return math.max(0, calls - recent)
end
