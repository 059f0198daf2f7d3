import { markReopened, writeFunctions } from "./inbox/write-lua.ts";
import { readClock } from "./read-clock.ts";
import { type Script, toScript } from "./script.ts";

// Each operation is one script over one string, so it is atomic, and runs on a cluster, where all keys of a script must
// be on one node. The string is state, fence, attempt, takeover, lease (when it ends, in ms since 1970) and owner: one
// GET and one SET cost half of what the same in a hash does.
//
// Numbers are written with string.format: Lua's own conversion cuts them at 14 digits.

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
const claim = claimText(`if state == 'completed' then
  return 'completed'
end`);

// The same for what is completed too: a fence above its own, and its old holder is fenced off.
const reopen = `${writeFunctions}${claimText("", markReopened)}`;

function claimText(whenRead: string, whenWritten = ""): string {
  return `${readRecord}
${whenRead}
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
${whenWritten}
return result
`;
}

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
const complete = completeText();

// With a record of the attempt: its row text, body, body's retention and retention.
const completeRecorded = `${writeFunctions}${completeText(writeOnce(4))}`;

function completeText(whenWritten = ""): string {
  return `${readRecord}
if state == 'failed' or owner ~= ARGV[1] or fence ~= ARGV[2] then
  return 'lost'
end
local record = 'completed' .. string.sub(stored, #state + 1)
local expire_after = ARGV[3]
${writeRecord}
${whenWritten}
return 'ok'
`;
}

// ARGV: owner, fence. The retention goes on as it was.
const fail = failText();
const failRecorded = `${writeFunctions}${failText(writeOnce(3))}`;

function failText(whenWritten = ""): string {
  return `${readRecord}
if state == 'completed' or owner ~= ARGV[1] or fence ~= ARGV[2] then
  return 'lost'
end
redis.call('SET', KEYS[1], 'failed' .. string.sub(stored, #state + 1), 'KEEPTTL')
${whenWritten}
return 'ok'
`;
}

// What is repeated has been written before. The claim comes first: where memory is short it is what is refused, and
// then nothing is written; from the first write on a script runs to its end.
function writeOnce(first: number): string {
  const [row, body, bodyRetainMs, retainMs] = [0, 1, 2, 3].map((offset) => `ARGV[${first + offset}]`);
  return `if state == 'claimed' then
  write(${row}, ${body}, ${bodyRetainMs}, ${retainMs}, true)
end`;
}

/** The store's scripts. Those that record, and `reopen`, take the inbox's key after the claim's. */
export const scripts: Readonly<
  Record<"claim" | "reopen" | "extend" | "complete" | "completeRecorded" | "fail" | "failRecorded", Script>
> = {
  claim: toScript(claim),
  reopen: toScript(reopen),
  extend: toScript(extend),
  complete: toScript(complete),
  completeRecorded: toScript(completeRecorded),
  fail: toScript(fail),
  failRecorded: toScript(failRecorded),
};
