-- The token of a calendar feed: one more kind of credential.
--
-- Safe while the previous release runs: the constraint only becomes wider, what was allowed stays allowed, and that
-- release lists and revokes its own kinds by name. The table holds a few rows a user: checking them takes no time.

-- squawk-ignore ban-drop-constraint
ALTER TABLE sessions DROP CONSTRAINT sessions_kind_known;

-- squawk-ignore constraint-missing-not-valid
ALTER TABLE sessions ADD CONSTRAINT sessions_kind_known CHECK (kind IN ('token', 'cookie', 'key', 'app', 'calendar'));
