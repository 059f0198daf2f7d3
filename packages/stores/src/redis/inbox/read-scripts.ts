import { mostTypes } from "../../shared/inbox/limits.ts";
import { toScript } from "../script.ts";
import { commonFunctions } from "./common-lua.ts";
import { attemptColumn, column } from "./row.ts";

// Every script looks at a stretch of a set and says where the next begins, or null. What it answers is one JSON text.

const stretches = `
local newest_first = ARGV[2] == 'newest'
local size = tonumber(ARGV[4])

local function after_bound(sequence)
  if newest_first then return sequence < tonumber(ARGV[3]) end
  return sequence > tonumber(ARGV[3])
end

local function stretch_of(index)
  local bound, found = '(' .. ARGV[3], {}
  local flat
  if newest_first then
    flat = redis.call('ZREVRANGEBYSCORE', inbox .. index, bound, '-inf', 'WITHSCORES', 'LIMIT', 0, size)
  else
    flat = redis.call('ZRANGEBYSCORE', inbox .. index, bound, '+inf', 'WITHSCORES', 'LIMIT', 0, size)
  end
  for place = 1, #flat, 2 do
    table.insert(found, { key = flat[place], sequence = tonumber(flat[place + 1]) })
  end
  return found
end

local function members_of(start)
  local bound = start .. padded(ARGV[3])
  if newest_first then
    return redis.call('ZREVRANGEBYLEX', inbox .. 'search', '(' .. bound, '[' .. start, 'LIMIT', 0, size)
  end
  return redis.call('ZRANGEBYLEX', inbox .. 'search', '(' .. bound, '(' .. start .. ':', 'LIMIT', 0, size)
end

-- What has the text as its key, event id or job id: the nearest of each kind, and of those the nearest.
local function search(text)
  local keys, sequences = {}, {}
  local function take(sequence, key)
    if not after_bound(sequence) or keys[sequence] ~= nil then return end
    keys[sequence] = key or false
    table.insert(sequences, sequence)
  end
  local row = read_row(text)
  if row then take(row[${column.sequence}], text) end
  for _, kind in ipairs({ 'event:', 'job:' }) do
    for _, member in ipairs(members_of(kind .. text .. '\\0')) do take(tonumber(string.sub(member, -15))) end
  end
  table.sort(sequences, function(one, other)
    if newest_first then return one > other end
    return one < other
  end)
  local found = {}
  for place = 1, math.min(size, #sequences) do
    local sequence = sequences[place]
    local score = encode(sequence)
    local key = keys[sequence] or redis.call('ZRANGEBYSCORE', inbox .. 'deliveries', score, score)[1]
    table.insert(found, { key = key, sequence = sequence })
  end
  return found
end
`;

/** A pattern for the number in a column that only numbers, and the state, come before. */
function rowStart(place: number): string {
  return `^%[${"[^,]*,".repeat(place - 1)}(%-?%d+)`;
}

// ARGV: index, order, bound, size, how many at most, filter, "rows" or "count".
const scan = `${commonFunctions}${stretches}
local filter = cjson.decode(ARGV[6])
local wanted = tonumber(ARGV[5])

-- Texts that the row of a match has somewhere: that is known before it is read, which costs ten times as much.
local needles = {}
for _, equal in ipairs(filter.equal) do table.insert(needles, cjson.encode(equal[2])) end
if filter.outcome then table.insert(needles, cjson.encode(filter.outcome)) end

local function in_time(at)
  return at >= (filter.since or at) and at < (filter['until'] or at + 1)
end

local function may_match(stored)
  for _, needle in ipairs(needles) do
    if not string.find(stored, needle, 1, true) then return false end
  end
  return in_time(tonumber(string.match(stored, '${rowStart(column.receivedAt)}')))
end

local function matches(row)
  for _, equal in ipairs(filter.equal) do
    if row[equal[1]] ~= equal[2] then return false end
  end
  return not filter.outcome or row[${column.attempt}][${attemptColumn.outcome}] == filter.outcome
end

-- Of what is running a claim stands: that is known without its row.
local function read_match(key)
  if not key or (filter.state == 'running' and not lease_of(key)) then return end
  local stored = redis.call('GET', inbox .. 'row:' .. key)
  if not stored or not may_match(stored) then return end
  local row = cjson.decode(stored)
  if not matches(row) then return end
  local state = state_of(row)
  if state == (filter.state or state) then return state, stored end
end

local found = filter.search and search(filter.search) or stretch_of(ARGV[1])
local rows, matched, last = {}, 0, 'null'
for _, item in ipairs(found) do
  last = encode(item.sequence)
  local state, stored = read_match(item.key)
  if state then
    matched = matched + 1
    if ARGV[7] == 'rows' then
      local body = redis.call('EXISTS', inbox .. 'body:' .. item.key)
      table.insert(rows, '["' .. state .. '",' .. body .. ',' .. stored .. ']')
    end
    if matched == wanted then break end
  end
end
if #found < size then last = 'null' end
return '[' .. last .. ',' .. matched .. ',[' .. table.concat(rows, ',') .. ']]'
`;

// ARGV: the key.
const find = `${commonFunctions}
local row, stored = read_row(ARGV[1])
if not row then return 'null' end
local attempts = redis.call('LRANGE', inbox .. 'attempts:' .. ARGV[1], 0, -1)
local body = redis.call('GET', inbox .. 'body:' .. ARGV[1])
local found = '["' .. state_of(row) .. '",' .. (body and 1 or 0) .. ',' .. stored .. ']'
local body_text = body and '"' .. body .. '"' or 'null'
return '[' .. found .. ',[' .. table.concat(attempts, ',') .. '],' .. body_text .. ']'
`;

// ARGV: as of a scan, as far as the size. Of each group the newest comes first.
const groups = `${commonFunctions}${stretches}
local groups, order, last = {}, {}, 'null'
local found = stretch_of('failed')

local function add(row, dead)
  local id = encode({
    row[${column.provider}], row[${column.scope}], row[${column.errorName}], row[${column.error}]
  })
  local group = groups[id]
  if not group then
    group = {
      row[${column.provider}], row[${column.scope}], row[${column.errorName}], row[${column.error}],
      row[${column.errorFrame}], row[${column.attempt}][${attemptColumn.outcome}], 0, 0,
      row[${column.receivedAt}], row[${column.lastAt}], row[${column.key}], {}
    }
    groups[id] = group
    table.insert(order, group)
  end
  local count = dead and 8 or 7
  group[count] = group[count] + 1
  group[9] = math.min(group[9], row[${column.receivedAt}])
  group[10] = math.max(group[10], row[${column.lastAt}])
  local types = group[12]
  for _, known in ipairs(types) do
    if known == row[${column.type}] then return end
  end
  if #types < ${mostTypes} then table.insert(types, row[${column.type}]) end
end

for _, item in ipairs(found) do
  last = encode(item.sequence)
  local row = read_row(item.key)
  local state = row and state_of(row)
  if state == 'failed' or state == 'dead' then add(row, state == 'dead') end
end
if #found < size then last = 'null' end
return '[' .. last .. ',' .. #found .. ',' .. encode(order) .. ']'
`;

// ARGV: cursor, size.
const senders = `${commonFunctions}
local reply = redis.call('HSCAN', inbox .. 'senders', ARGV[1], 'COUNT', ARGV[2])
local found = {}
for place = 1, #reply[2], 2 do
  local sender = reply[2][place]
  local success = redis.call('HGET', inbox .. 'successes', sender)
  table.insert(found, '[' .. sender .. ',' .. (success or 'null') .. ']')
end
return '["' .. reply[1] .. '",[' .. table.concat(found, ',') .. ']]'
`;

// ARGV: the minute to begin with, how many minutes.
const counts = `
local minutes = redis.call('ZRANGEBYSCORE', KEYS[1] .. 'minutes', ARGV[1], '+inf', 'LIMIT', 0, ARGV[2])
local found = {}
for _, minute in ipairs(minutes) do
  local flat = redis.call('HGETALL', KEYS[1] .. 'counts:' .. minute)
  for place = 1, #flat, 2 do
    table.insert(found, '[' .. minute .. ',' .. flat[place] .. ',' .. flat[place + 1] .. ']')
  end
end
local last = #minutes == tonumber(ARGV[2]) and minutes[#minutes] or 'null'
return '[' .. last .. ',[' .. table.concat(found, ',') .. ']]'
`;

/** The inbox's scripts that read. Their one key is the inbox's. */
export const readScripts = {
  scan: toScript(scan),
  find: toScript(find),
  groups: toScript(groups),
  senders: toScript(senders),
  counts: toScript(counts),
};
