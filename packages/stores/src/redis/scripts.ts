/** A Lua script, and the digest under which Redis keeps it. */
export interface Script {
  readonly source: string;
  /** Computed when it is first asked for. */
  readonly sha1: () => Promise<string>;
}

// Each operation is one script over one string, so it is atomic, and runs on a cluster, where all keys of a script must
// be on one node. The string is state, fence, attempt, takeover, lease (when it ends, in ms since 1970) and owner: one
// GET and one SET cost half of what the same in a hash does.
//
// Numbers are written with string.format: Lua's own conversion cuts them at 14 digits.

// Redis's own clock; it stands still while a script runs.
const readClock = `local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
`;

// The owner is last, for it may hold anything.
const readRecord = `local stored = redis.call('GET', KEYS[1])
local state, fence, attempt, takeover, lease, owner
if stored then
  state, fence, attempt, takeover, lease, owner = string.match(stored, '^(%a+) (%d+) (%d+) (%a) (%d+) (.*)$')
end
`;

// Expects record, and expire_after: whole milliseconds above 0, or 'never'.
const writeRecord = `if expire_after == 'never' then
  redis.call('SET', KEYS[1], record)
else
  redis.call('SET', KEYS[1], record, 'PX', expire_after)
end
`;

// ARGV: owner, lease, lease and retention together or 'never'. A fence is the clock in microseconds, or one more than
// the last: a mere counter would start anew once the record has expired.
const claim = `${readRecord}
if state == 'completed' then
  return 'completed'
end
${readClock}
local repeated = state == 'claimed' and owner == ARGV[1]
if state == 'claimed' and not repeated and tonumber(lease) > now then
  return string.format('in-flight %.0f', tonumber(lease) - now)
end

if not repeated then
  fence = string.format('%.0f', math.max((tonumber(fence) or 0) + 1, time[1] * 1000000 + time[2]))
  attempt = string.format('%.0f', (tonumber(attempt) or 0) + 1)
  takeover = state == 'claimed' and 't' or 'f'
  owner = ARGV[1]
end
local result = 'claimed ' .. fence .. ' ' .. attempt .. ' ' .. takeover
local record = result .. string.format(' %.0f ', now + ARGV[2]) .. owner
local expire_after = ARGV[3]
${writeRecord}
return result
`;

// ARGV: owner, fence, lease. The retention goes on counting from the end of the lease.
const extend = `${readRecord}
if state ~= 'claimed' or owner ~= ARGV[1] or fence ~= ARGV[2] then
  return 'lost'
end
${readClock}
local lease_end = string.format('%.0f', now + ARGV[3])
local record = 'claimed ' .. fence .. ' ' .. attempt .. ' ' .. takeover .. ' ' .. lease_end .. ' ' .. owner
local kept = redis.call('PTTL', KEYS[1])
local expire_after = kept < 0 and 'never' or string.format('%.0f', math.max(1, kept + lease_end - lease))
${writeRecord}
return 'ok'
`;

// ARGV: owner, fence, retention or 'never'. Owner and fence stay, so that their holder may repeat it.
const complete = `${readRecord}
if state == 'failed' or owner ~= ARGV[1] or fence ~= ARGV[2] then
  return 'lost'
end
local record = 'completed' .. string.sub(stored, #state + 1)
local expire_after = ARGV[3]
${writeRecord}
return 'ok'
`;

// ARGV: owner, fence. The retention goes on as it was.
const fail = `${readRecord}
if state == 'completed' or owner ~= ARGV[1] or fence ~= ARGV[2] then
  return 'lost'
end
redis.call('SET', KEYS[1], 'failed' .. string.sub(stored, #state + 1), 'KEEPTTL')
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
  let sha1: Promise<string> | undefined;
  return {
    source,
    sha1() {
      sha1 ??= hexSha1(source);
      return sha1;
    },
  };
}

/** By the platform's Web Crypto: `node:crypto` is not everywhere. */
async function hexSha1(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-1", new TextEncoder().encode(text));
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
