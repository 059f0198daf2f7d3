import { countsRetainMs } from "../../shared/inbox/limits.ts";
import { toScript } from "../script.ts";
import { column } from "./row.ts";
import { writeFunctions } from "./write-lua.ts";

// ARGV: how many records, four values of each, and then minute, field and count of each count.
const note = `${writeFunctions}
local at = 2
for _ = 1, ARGV[1] do
  write(ARGV[at], ARGV[at + 1], ARGV[at + 2], ARGV[at + 3], false)
  at = at + 4
end
for place = at, #ARGV, 3 do
  local minute = ARGV[place]
  redis.call('HINCRBY', inbox .. 'counts:' .. minute, ARGV[place + 1], ARGV[place + 2])
  redis.call('PEXPIRE', inbox .. 'counts:' .. minute, ${countsRetainMs})
  redis.call('ZADD', inbox .. 'minutes', minute, minute)
end
-- Counts go by themselves; here their minutes are forgotten.
for _, minute in ipairs(redis.call('ZRANGE', inbox .. 'minutes', 0, 9)) do
  if redis.call('EXISTS', inbox .. 'counts:' .. minute) == 0 then
    redis.call('ZREM', inbox .. 'minutes', minute)
  end
end
return 'true'
`;

// ARGV: the key. What is running is not for anyone to dismiss.
const dismiss = `${writeFunctions}
local row = read_row(ARGV[1])
if not row or row[${column.state}] ~= 'failed' or lease_of(ARGV[1]) then return 'false' end
row[${column.state}] = 'dismissed'
redis.call('SET', inbox .. 'row:' .. ARGV[1], encode(row))
index_state(row, 'failed')
return 'true'
`;

const dropBody = `
return redis.call('DEL', KEYS[1] .. 'body:' .. ARGV[1]) == 1 and 'true' or 'false'
`;

// ARGV: how many.
const purge = `${writeFunctions}
local due, purged = purge(ARGV[1])
return encode({ due, purged })
`;

/** The inbox's scripts that write and answer JSON, beside those that record with a claim. Their one key is the inbox's. */
export const writeScripts = {
  note: toScript(note),
  dismiss: toScript(dismiss),
  dropBody: toScript(dropBody),
  purge: toScript(purge),
};
