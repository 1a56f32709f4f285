import { hash } from 'node:crypto';

/** A script and the name Redis keeps it under. */
export interface Script {
  readonly text: string;
  readonly sha: string;
}

const script = (text: string): Script => ({ text, sha: hash('sha1', text) });

/** Redis's own clock, in milliseconds: replicas need not agree on the time. */
const NOW = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)`;

/** What a command found, or nothing: what holds another type than ours is deleted, in the same step, so that nobody else's count goes with it. */
const SOUND = `
local function sound(key, found)
  if type(found) ~= 'table' or not found.err then return found end
  if string.sub(found.err, 1, 9) ~= 'WRONGTYPE' then error(found.err) end
  redis.call('DEL', key)
end`;

/**
 * KEYS: a hash a window (step → requests), then perhaps the sorted set of slots (lease → when it lapses).
 * ARGV: how many windows, a max, step and number of steps for each; then max, lease and its lifetime for the slots.
 * Answers {0, now} when all is counted; {window, ms to wait} or {-1, 0} when a window or the slots refuse and nothing is.
 * Steps far in the future were written before a clock was put right.
 */
export const TAKE = script(`${NOW}
${SOUND}
local windows = tonumber(ARGV[1])
local refusing, longest = 0, 0
for i = 1, windows do
  local max, step, steps = tonumber(ARGV[3 * i - 1]), tonumber(ARGV[3 * i]), tonumber(ARGV[3 * i + 1])
  local current = math.floor(now / step)
  local entries = sound(KEYS[i], redis.pcall('HGETALL', KEYS[i])) or {}
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
local slots = KEYS[windows + 1]
if slots then
  local max, lease, lifetime = unpack(ARGV, 3 * windows + 2)
  sound(slots, redis.pcall('ZREMRANGEBYSCORE', slots, '-inf', now))
  if redis.call('ZCARD', slots) >= tonumber(max) then return { -1, 0 } end
  redis.call('ZADD', slots, now + lifetime, lease)
  redis.call('PEXPIRE', slots, lifetime)
end
for i = 1, windows do
  local step, steps = tonumber(ARGV[3 * i]), tonumber(ARGV[3 * i + 1])
  redis.call('HINCRBY', KEYS[i], string.format('%.0f', math.floor(now / step)), 1)
  redis.call('PEXPIRE', KEYS[i], (steps + 1) * step)
end
return { 0, now }`);

/** KEYS: windows. ARGV: when they were counted, then the step of each. Takes back what still counts. */
export const GIVE_BACK = script(`
for i, key in ipairs(KEYS) do
  local at = string.format('%.0f', math.floor(tonumber(ARGV[1]) / tonumber(ARGV[i + 1])))
  if redis.call('HEXISTS', key, at) == 1 then redis.call('HINCRBY', key, at, -1) end
end`);

/** KEYS: slots, a key a lease. ARGV: the lifetime, then the leases. They run: they are kept, or written again. */
export const RENEW = script(`${NOW}
for i, key in ipairs(KEYS) do
  redis.call('ZADD', key, now + ARGV[1], ARGV[i + 1])
  redis.call('PEXPIRE', key, ARGV[1])
end`);

/** KEYS: slots, a key a lease. ARGV: the leases. They have ended; what holds another type than ours is left to who takes next. */
export const FREE = script(`
for i, key in ipairs(KEYS) do redis.pcall('ZREM', key, ARGV[i]) end`);
