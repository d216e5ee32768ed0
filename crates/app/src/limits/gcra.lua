-- Decides about several subjects at once: all are charged, or none. See gcra.rs for the arithmetic.
-- KEYS: one for each subject. ARGV: interval and capacity of each, in microseconds. The time is this server's own, so
-- that it does not matter whose clock is off. Answers 1 or 0, then the backlog of each subject before this request.
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local answer = { 1 }
for i, key in ipairs(KEYS) do
    local interval, capacity = tonumber(ARGV[2 * i - 1]), tonumber(ARGV[2 * i])
    local drained_at = tonumber(redis.call('GET', key) or now) or now
    local backlog = math.min(math.max(drained_at - now, 0), capacity)
    answer[i + 1] = backlog
    if backlog + interval > capacity then
        answer[1] = 0
    end
end
if answer[1] == 1 then
    for i, key in ipairs(KEYS) do
        local backlog = answer[i + 1] + tonumber(ARGV[2 * i - 1])
        -- Lua would write so large a number with an exponent and lose its end.
        redis.call('SET', key, string.format('%.0f', now + backlog), 'PX', math.ceil(backlog / 1000))
    end
end
return answer
