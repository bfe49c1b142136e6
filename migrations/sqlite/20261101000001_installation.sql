-- What this database is for. One row, written when it is first opened to serve.
CREATE TABLE installation (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    mode TEXT NOT NULL CHECK (mode IN ('production', 'demo')),
    created_at INTEGER NOT NULL
) STRICT;
