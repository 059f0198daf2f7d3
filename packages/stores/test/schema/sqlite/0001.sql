CREATE TABLE latchhook_deliveries (
      key BLOB PRIMARY KEY NOT NULL,
      owner TEXT NOT NULL,
      fence INTEGER NOT NULL,
      attempt INTEGER NOT NULL,
      takeover INTEGER NOT NULL,
      state INTEGER NOT NULL,
      lease_until INTEGER NOT NULL,
      purge_after INTEGER NOT NULL
    ) WITHOUT ROWID;

CREATE TABLE latchhook_deliveries_meta (
      id INTEGER PRIMARY KEY CHECK (id = 1),
      schema_version INTEGER NOT NULL,
      fence_floor INTEGER NOT NULL
    );

INSERT INTO latchhook_deliveries_meta VALUES (1, 1, 0);
