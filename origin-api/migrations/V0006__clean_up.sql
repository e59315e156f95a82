-- Indexes by age for what is removed once its time is over.
--
-- Safe while the previous release runs: it uses neither. They are built in the migration's transaction and hold up
-- sign-ins meanwhile.

-- squawk-ignore require-concurrent-index-creation
CREATE INDEX sessions_by_end ON sessions (expires_at);

-- squawk-ignore require-concurrent-index-creation
CREATE INDEX refresh_tokens_by_end ON refresh_tokens (expires_at);
