-- Which data this is, for the caches at the edge (Mindflow-Epoch, signing.md), and what next changes by time alone.
--
-- Safe while the previous release runs: it neither reads nor writes the new table, and a new index on tasks asks
-- nothing of it. The index is built in the migration's transaction and holds up changes of tasks meanwhile; few tasks
-- are snoozed, and no installation is large before its first release.

-- One row. `origin-api admin epoch renew` gives it a new id after a restore.
CREATE TABLE data_set (
    only_one boolean NOT NULL DEFAULT true,
    epoch uuid NOT NULL,
    CONSTRAINT data_set_pkey PRIMARY KEY (only_one),
    CONSTRAINT data_set_only_one CHECK (only_one)
);

INSERT INTO data_set (epoch) VALUES (gen_random_uuid());

-- When the next of a user's tasks wakes.
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX tasks_by_wake ON tasks (user_id, wakes_at) WHERE deleted_at IS NULL AND wakes_at IS NOT NULL;
