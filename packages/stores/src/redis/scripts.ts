import { createHash } from "node:crypto";

/** A Lua script, and the digest under which Redis keeps it. */
export interface Script {
  readonly source: string;
  readonly sha1: string;
}

// Each operation is one script over one hash, so it is atomic, and runs on a cluster, where all keys of a script must
// be on one node. The fields are state, owner, fence, attempt, takeover and lease (when it ends, in ms since 1970).
//
// Numbers are written with string.format: Lua's own conversion cuts them at 14 digits.

// Redis's own clock; it stands still while a script runs.
const readClock = `local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
`;

// Without an end, the record is kept for ever.
const setExpiry = `local function expire_after(milliseconds)
  if milliseconds == 'never' then
    redis.call('PERSIST', KEYS[1])
  else
    redis.call('PEXPIRE', KEYS[1], milliseconds)
  end
end
`;

// ARGV: owner, fence, what the operation itself takes.
const readHeld = `local held = redis.call('HMGET', KEYS[1], 'state', 'owner', 'fence')
local function is_held(state)
  return held[1] == state and held[2] == ARGV[1] and held[3] == ARGV[2]
end
`;

// ARGV: owner, lease, retention after the lease or 'never'. A fence is the clock in microseconds, or one more than
// the last: a mere counter would start anew once the record has expired.
const claim = `${readClock}${setExpiry}
local stored = redis.call('HMGET', KEYS[1], 'state', 'owner', 'fence', 'attempt', 'takeover', 'lease')
local state = stored[1]
if state == 'completed' then
  return 'completed'
end

local repeated = state == 'claimed' and stored[2] == ARGV[1]
if state == 'claimed' and not repeated and tonumber(stored[6]) > now then
  return string.format('in-flight %.0f', tonumber(stored[6]) - now)
end

local fence, attempt, takeover = stored[3], stored[4], stored[5]
if not repeated then
  fence = string.format('%.0f', math.max((tonumber(fence) or 0) + 1, time[1] * 1000000 + time[2]))
  attempt = string.format('%.0f', (tonumber(attempt) or 0) + 1)
  takeover = state == 'claimed' and 't' or 'f'
end
redis.call('HSET', KEYS[1], 'state', 'claimed', 'owner', ARGV[1], 'fence', fence, 'attempt', attempt,
  'takeover', takeover, 'lease', string.format('%.0f', now + ARGV[2]))
expire_after(ARGV[3] == 'never' and 'never' or string.format('%.0f', ARGV[2] + ARGV[3]))
return 'claimed ' .. fence .. ' ' .. attempt .. ' ' .. takeover
`;

// ARGV: owner, fence, lease. The retention goes on counting from the end of the lease.
const extend = `${readClock}${readHeld}
if not is_held('claimed') then
  return 'lost'
end
local moved = now + ARGV[3] - redis.call('HGET', KEYS[1], 'lease')
local kept = redis.call('PTTL', KEYS[1])
redis.call('HSET', KEYS[1], 'lease', string.format('%.0f', now + ARGV[3]))
if kept >= 0 then
  redis.call('PEXPIRE', KEYS[1], string.format('%.0f', kept + moved))
end
return 'ok'
`;

// ARGV: owner, fence, retention or 'never'. Owner and fence stay, so that their holder may repeat it.
const complete = `${setExpiry}${readHeld}
if not (is_held('claimed') or is_held('completed')) then
  return 'lost'
end
redis.call('HSET', KEYS[1], 'state', 'completed')
redis.call('HDEL', KEYS[1], 'attempt', 'takeover', 'lease')
expire_after(ARGV[3])
return 'ok'
`;

// ARGV: owner, fence.
const fail = `${readHeld}
if not (is_held('claimed') or is_held('failed')) then
  return 'lost'
end
redis.call('HSET', KEYS[1], 'state', 'failed')
return 'ok'
`;

/** The store's scripts. */
export const scripts: Readonly<Record<"claim" | "extend" | "complete" | "fail", Script>> = {
  claim: toScript(claim),
  extend: toScript(extend),
  complete: toScript(complete),
  fail: toScript(fail),
};

function toScript(source: string): Script {
  return { source, sha1: createHash("sha1").update(source).digest("hex") };
}
