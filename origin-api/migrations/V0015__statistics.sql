-- What statistics read: when tasks were completed, and when they were started.
--
-- Safe while the previous release runs: it uses neither index. They are built in the migration's transaction and hold
-- up changes of tasks meanwhile; no installation is large before its first release.

-- squawk-ignore require-concurrent-index-creation
CREATE INDEX tasks_by_completion ON tasks (user_id, completed_at) WHERE deleted_at IS NULL AND completed_at IS NOT NULL;

-- squawk-ignore require-concurrent-index-creation
CREATE INDEX history_starts ON history (user_id, at, task_id)
WHERE after ->> 'status' = 'in_progress' AND before ->> 'status' IS DISTINCT FROM 'in_progress';
