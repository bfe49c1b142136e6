-- What this database is for. One row, written when it is first opened to serve.
CREATE TABLE installation (
    one BIGINT PRIMARY KEY CHECK (one = 1),
    mode TEXT NOT NULL CHECK (mode IN ('production', 'demo')),
    created_at BIGINT NOT NULL
);
