import { hash } from 'node:crypto';

/** A script and the hash that Redis caches it under. */
export interface Script {
  readonly text: string;
  readonly sha: string;
}

const script = (text: string): Script => ({ text, sha: hash('sha1', text) });

/** The clock of Redis, in milliseconds: the clocks of replicas may differ. */
const NOW = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)`;

/** The reply of a command. A key of a foreign type is deleted and gives nil. Script and deletion are one step: no count of another request is lost. */
const CHECKED = `
local function checked(key, reply)
  if type(reply) ~= 'table' or not reply.err then return reply end
  if string.sub(reply.err, 1, 9) ~= 'WRONGTYPE' then error(reply.err) end
  redis.call('DEL', key)
end`;

/**
 * KEYS: one hash for each window (step → requests), then a sorted set for each of the slots (lease → expiry).
 * ARGV: the number of windows; max, step and number of steps of each; the lifetime of a lease; max and lease of the slots.
 * Returns {0, now} when the request is counted. Returns {window, ms to wait} when a window refuses and {-n, 0} when the n-th
 * slots refuse: then nothing is counted. A step far in the future is discarded: it is from before a correction of the clock.
 */
export const TAKE = script(`${NOW}
${CHECKED}
local windows = tonumber(ARGV[1])
local refusing, longest = 0, 0
for i = 1, windows do
  local max, step, steps = tonumber(ARGV[3 * i - 1]), tonumber(ARGV[3 * i]), tonumber(ARGV[3 * i + 1])
  local current = math.floor(now / step)
  local entries = checked(KEYS[i], redis.pcall('HGETALL', KEYS[i])) or {}
  local counted, past, total = {}, {}, 0
  for j = 1, #entries, 2 do
    local at, requests = tonumber(entries[j]), tonumber(entries[j + 1])
    if at and requests and requests > 0 and math.abs(current - at) <= steps then
      counted[#counted + 1] = { at, requests }
      total = total + requests
    else
      past[#past + 1] = entries[j]
    end
  end
  if #past > 0 then redis.call('HDEL', KEYS[i], unpack(past)) end
  if total >= max then
    table.sort(counted, function(a, b) return a[1] < b[1] end)
    local excess, j = total - max + 1, 0
    while excess > 0 do
      j = j + 1
      excess = excess - counted[j][2]
    end
    local wait = (counted[j][1] + steps + 1) * step - now
    if wait > longest then refusing, longest = i, wait end
  end
end
if refusing > 0 then return { refusing, longest } end
local slots, lifetime = #KEYS - windows, tonumber(ARGV[3 * windows + 2])
for i = 1, slots do
  local key, max = KEYS[windows + i], tonumber(ARGV[3 * windows + 2 * i + 1])
  checked(key, redis.pcall('ZREMRANGEBYSCORE', key, '-inf', now))
  if redis.call('ZCARD', key) >= max then return { -i, 0 } end
end
for i = 1, slots do
  redis.call('ZADD', KEYS[windows + i], now + lifetime, ARGV[3 * windows + 2 * i + 2])
  redis.call('PEXPIRE', KEYS[windows + i], lifetime)
end
for i = 1, windows do
  local step, steps = tonumber(ARGV[3 * i]), tonumber(ARGV[3 * i + 1])
  redis.call('HINCRBY', KEYS[i], string.format('%.0f', math.floor(now / step)), 1)
  redis.call('PEXPIRE', KEYS[i], (steps + 1) * step)
end
return { 0, now }`);

/** Uncounts a request. KEYS: windows. ARGV: the time of the count, then the step of each window. */
export const GIVE_BACK = script(`
for i, key in ipairs(KEYS) do
  local at = string.format('%.0f', math.floor(tonumber(ARGV[1]) / tonumber(ARGV[i + 1])))
  if redis.call('HEXISTS', key, at) == 1 then redis.call('HINCRBY', key, at, -1) end
end`);

/** Renews leases, and writes those that are missing. KEYS: slots, one key for each lease. ARGV: the lifetime, then the leases. */
export const RENEW = script(`${NOW}
for i, key in ipairs(KEYS) do
  redis.call('ZADD', key, now + ARGV[1], ARGV[i + 1])
  redis.call('PEXPIRE', key, ARGV[1])
end`);

/** Frees ended leases. KEYS: slots, one key for each lease. ARGV: the leases. A key of a foreign type is left to the next TAKE. */
export const FREE = script(`
for i, key in ipairs(KEYS) do redis.pcall('ZREM', key, ARGV[i]) end`);
