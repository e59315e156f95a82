-- What undoing needs of the history: the order in which changes were made, and which change undid which.
--
-- Safe while the previous release runs: every new column is null or has a default, which adds it without a rewrite.
-- What that release writes meanwhile has the version 0: it is listed after everything else, and is undone when it is
-- named. The rows that are there get their order from the ids of their changes; the indexes are built in the
-- migration's transaction and hold up changes of tasks meanwhile; no installation is large before its first release.

ALTER TABLE history
    -- The user's version after the change, the same in every row of it. The ids are made before the user's row is
    -- locked, so they are not in the order in which changes were applied; this is.
    ADD COLUMN version bigint NOT NULL DEFAULT 0,
    -- The change that this one undoes.
    ADD COLUMN undoes uuid;

UPDATE history
SET version = numbered.version,
    -- A login of either kind; what is written from now on says so.
    by = CASE WHEN history.by IN ('token', 'cookie') THEN 'session' ELSE history.by END
FROM (
    SELECT DISTINCT user_id, change_id, dense_rank() OVER (PARTITION BY user_id ORDER BY change_id) AS version
    FROM history
) AS numbered
WHERE history.user_id = numbered.user_id AND history.change_id = numbered.change_id;

-- The history, newest first, change by change.
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX history_newest ON history (user_id, version, change_id);

-- Whether a change was undone; nothing is undone twice.
-- squawk-ignore require-concurrent-index-creation
CREATE UNIQUE INDEX history_undone ON history (user_id, undoes, task_id) WHERE undoes IS NOT NULL;
