import { mostAttempts } from "../../shared/inbox/limits.ts";
import { commonFunctions } from "./common-lua.ts";
import { attemptColumn, column } from "./row.ts";

/** Columns that add up over attempts, and those that only the end of a claim changes, as Lua lists. */
const added = luaList(column.requests, column.runs, column.replays);
const changed = luaList(
  ...[column.state, column.jobStatus, column.bodyBytes],
  ...[column.errorName, column.error, column.errorFrame],
);

const indexing = `
local function sender_of(row)
  return encode({ row[${column.provider}], row[${column.scope}] })
end

local function search_members(row)
  local ending = '\\0' .. padded(row[${column.sequence}])
  local members = { 'event:' .. row[${column.eventId}] .. ending }
  if row[${column.jobId}] ~= cjson.null then members[2] = 'job:' .. row[${column.jobId}] .. ending end
  return members
end

-- Moves a delivery between the sets of states; what is done is in none.
local function index_state(row, earlier)
  local key, state = row[${column.key}], row[${column.state}]
  if state == earlier then return end
  if state ~= 'done' then redis.call('ZADD', inbox .. state, encode(row[${column.sequence}]), key) end
  if earlier and earlier ~= 'done' then redis.call('ZREM', inbox .. earlier, key) end
end

local function index_new(row)
  local key = row[${column.key}]
  redis.call('ZADD', inbox .. 'deliveries', encode(row[${column.sequence}]), key)
  for _, member in ipairs(search_members(row)) do redis.call('ZADD', inbox .. 'search', 0, member) end
  redis.call('HINCRBY', inbox .. 'senders', sender_of(row), 1)
end

local function index_success(row, at)
  local sender = sender_of(row)
  local last = redis.call('HGET', inbox .. 'successes', sender)
  if not last or tonumber(last) < at then redis.call('HSET', inbox .. 'successes', sender, encode(at)) end
end
`;

const removing = `
-- DEL needs no memory, and what comes after it is not refused for want of some.
local function remove(key)
  local row = read_row(key)
  redis.call('DEL', inbox .. 'row:' .. key, inbox .. 'attempts:' .. key, inbox .. 'body:' .. key)
  for _, index in ipairs({ 'deliveries', 'failed', 'dismissed', 'expiry' }) do
    redis.call('ZREM', inbox .. index, key)
  end
  if not row then return end
  redis.call('ZREM', inbox .. 'search', unpack(search_members(row)))
  local sender = sender_of(row)
  if redis.call('HINCRBY', inbox .. 'senders', sender, -1) <= 0 then
    redis.call('HDEL', inbox .. 'senders', sender)
    redis.call('HDEL', inbox .. 'successes', sender)
  end
end

-- One that is in flight is looked at again when its lease ends.
local function purge(size)
  local due = redis.call('ZRANGEBYSCORE', inbox .. 'expiry', '-inf', encode(now), 'LIMIT', 0, size)
  local purged = 0
  for _, key in ipairs(due) do
    local lease_end = lease_of(key)
    if lease_end then
      redis.pcall('ZADD', inbox .. 'expiry', encode(lease_end), key)
    else
      remove(key)
      purged = purged + 1
    end
  end
  return #due, purged
end
`;

const writing = `
local function add_attempt(row, given)
  local attempts = inbox .. 'attempts:' .. row[${column.key}]
  redis.call('RPUSH', attempts, encode(row[${column.attempt}]))
  redis.call('LTRIM', attempts, -${mostAttempts - 1}, -1)
  for _, place in ipairs(${added}) do row[place] = row[place] + given[place] end
  row[${column.lastAt}] = math.max(row[${column.lastAt}], given[${column.lastAt}])
  row[${column.attempt}] = given[${column.attempt}]
  if given[${column.senderAttempt}] ~= cjson.null then
    row[${column.senderAttempt}] = given[${column.senderAttempt}]
  end
end

local function change(row, given)
  for _, place in ipairs(${changed}) do row[place] = given[place] end
  row[${column.deadAt}] = math.min(row[${column.deadAt}], given[${column.deadAt}])
end

local function write_body(key, body, retain_ms)
  local name = inbox .. 'body:' .. key
  if body == 'drop' then
    redis.call('DEL', name)
  elseif body == 'keep' then
    redis.call('PEXPIRE', name, retain_ms)
  else
    redis.call('SET', name, string.sub(body, 2), 'PX', encode(math.max(1, retain_ms)))
  end
end

-- What a record adds; what it changes only where it is of the end of a claim, or of a delivery that is new.
local function write(given_text, body, body_retain_ms, retain_ms, ends_claim)
  local given = cjson.decode(given_text)
  local key = given[${column.key}]
  local row = read_row(key)
  local earlier = row and row[${column.state}]
  if row then
    add_attempt(row, given)
    if ends_claim then change(row, given) end
  else
    row = given
    row[${column.sequence}] = redis.call('INCR', inbox .. 'sequence')
    index_new(row)
  end
  local changes = ends_claim or not earlier
  if changes then
    row[${column.bodyUntil}] = now + body_retain_ms
    write_body(key, body, body_retain_ms)
  end
  row[${column.expiresAt}] = now + retain_ms
  redis.call('SET', inbox .. 'row:' .. key, encode(row))
  redis.call('ZADD', inbox .. 'expiry', encode(row[${column.expiresAt}]), key)
  index_state(row, earlier)
  if changes and row[${column.state}] == 'done' then
    index_success(row, given[${column.attempt}][${attemptColumn.at}])
  end
  -- Two for each that is written: purging outruns growth.
  purge(2)
end
`;

/** Lua functions that write to the inbox: `write`, `purge` and what they need. */
export const writeFunctions = `${commonFunctions}${indexing}${removing}${writing}`;

/** A delivery that was done is not any more, whatever becomes of its new claim. */
export const markReopened = `if state == 'completed' then
  local row = read_row(string.sub(KEYS[1], #claims + 1))
  if row and row[${column.state}] == 'done' then
    row[${column.state}] = 'failed'
    redis.call('SET', inbox .. 'row:' .. row[${column.key}], encode(row))
    index_state(row, 'done')
  end
end`;

function luaList(...numbers: readonly number[]): string {
  return `{ ${numbers.join(", ")} }`;
}
