import { readClock } from "../read-clock.ts";
import { column } from "./row.ts";

// What the inbox's scripts share. The last key is the prefix of all of its keys, which ends with "inbox:"; claims are
// beside it. Behind it:
//
//   sequence         the last sequence that was given
//   row:<key>        a delivery
//   attempts:<key>   its attempts but the last, in a list
//   body:<key>       its body in base64, with an expiry of its own
//   deliveries       all keys, by sequence
//   failed, dismissed   those in this state, by sequence
//   expiry           all keys, by when they go
//   search           "event:" or "job:", the id, NUL and the sequence, in the order of the bytes
//   senders          how many deliveries a provider and scope has
//   successes        when one of them last succeeded
//   counts:<minute>  how often requests ended in one way
//   minutes          the minutes that have counts
//
// Numbers are written with string.format: cjson and Lua cut them at 14 digits.

/** Lua functions of all of the inbox's scripts, and `now`. */
export const commonFunctions = `${readClock}
local inbox = KEYS[#KEYS]
local claims = string.sub(inbox, 1, -7)

local function encode(value)
  if type(value) == 'number' then return string.format('%.0f', value) end
  if type(value) ~= 'table' then return cjson.encode(value) end
  local parts = {}
  for place = 1, #value do parts[place] = encode(value[place]) end
  return '[' .. table.concat(parts, ',') .. ']'
end

local function padded(sequence)
  return string.format('%015.0f', sequence)
end

-- When the lease of a claim that stands ends; nil where none does.
local function lease_of(key)
  local claim = redis.call('GET', claims .. key)
  local lease_end = claim and tonumber(string.match(claim, '^claimed %d+ %d+ %a (%d+) '))
  if lease_end and lease_end > now then return lease_end end
end

local function state_of(row)
  if lease_of(row[${column.key}]) then return 'running' end
  if row[${column.state}] == 'failed' and row[${column.deadAt}] <= now then return 'dead' end
  return row[${column.state}]
end

local function read_row(key)
  local stored = redis.call('GET', inbox .. 'row:' .. key)
  if stored then return cjson.decode(stored), stored end
end
`;
