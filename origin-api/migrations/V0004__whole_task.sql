-- The whole task: its other dates, project, recurrence and place among other tasks; projects; history.
--
-- Safe while the previous release runs: every new column is null or has a default, which adds it without a
-- rewrite, and that release neither reads nor writes them. A task that it changes keeps the instants derived from
-- its dates as they were until the task is next changed; only sorting and filtering by due date look at them.
-- The indexes are built in the migration's transaction and hold up changes of tasks meanwhile; no installation is
-- large before its first release.
--
-- Dates are text, because they are answered in the form given. What they mean depends on the user's zone and
-- working hours; date_begins and date_passes say it here as `domain::ranking::calendar` says it in the
-- application (a test holds the two together), because a statement that changes a task is sent before the
-- application knows the user's zone.

-- The instant of a wall clock: one that a clock change skips means the same clock before the change, one that
-- happens twice the first. PostgreSQL itself takes the second, so the offset of a day before is tried first.
CREATE FUNCTION wall_clock(given timestamp, time_zone text) RETURNS timestamptz
LANGUAGE sql STABLE PARALLEL SAFE
RETURN CASE
    WHEN ((given - interval '24 hours') AT TIME ZONE time_zone + interval '24 hours') AT TIME ZONE time_zone = given
        THEN (given - interval '24 hours') AT TIME ZONE time_zone + interval '24 hours'
    ELSE given AT TIME ZONE time_zone
END;

-- The instant at which a gate with this date opens: for a day, its first. PostgreSQL itself takes offsets below 16
-- hours only, and counts a leap second as the second after it; what lies beyond the last instant that the
-- application knows is that one.
CREATE FUNCTION date_begins(given text, time_zone text) RETURNS timestamptz
LANGUAGE sql STABLE PARALLEL SAFE
RETURN CASE
    WHEN given IS NOT NULL THEN least(
        CASE
            WHEN given ~ 'Z$' THEN replace(given, ':60', ':59')::timestamptz
            WHEN given ~ '[+-][0-9]{2}:[0-9]{2}$'
                THEN (replace(left(given, -6), ':60', ':59') || 'Z')::timestamptz - right(given, 6)::interval
            ELSE wall_clock(replace(given, ':60', ':59')::timestamp, time_zone)
        END,
        timestamptz '9999-12-30 21:59:59Z'
    )
END;

-- The instant at which a planned or hard date passes: for a day, the end of the working day, or of the calendar
-- day where that is no working day. `work_days` has one bit a day, Monday the lowest.
CREATE FUNCTION date_passes(given text, time_zone text, work_end_minute smallint, work_days smallint) RETURNS timestamptz
LANGUAGE sql STABLE PARALLEL SAFE
RETURN CASE
    WHEN char_length(given) > 10 THEN date_begins(given, time_zone)
    WHEN given IS NOT NULL THEN least(
        wall_clock(
            given::timestamp + CASE
                WHEN (work_days >> (extract(isodow FROM given::date)::integer - 1)) & 1 = 1
                    THEN make_interval(mins => work_end_minute)
                ELSE interval '1 day'
            END,
            time_zone
        ),
        timestamptz '9999-12-30 21:59:59Z'
    )
END;

ALTER TABLE tasks
    ADD COLUMN deadline text
    CONSTRAINT tasks_deadline_length CHECK (char_length(deadline) BETWEEN 10 AND 64),
    ADD COLUMN start_date text
    CONSTRAINT tasks_start_date_length CHECK (char_length(start_date) BETWEEN 10 AND 64),
    ADD COLUMN snoozed_until text
    CONSTRAINT tasks_snoozed_until_length CHECK (char_length(snoozed_until) BETWEEN 10 AND 64),
    ADD COLUMN project text
    CONSTRAINT tasks_project_length CHECK (char_length(project) BETWEEN 1 AND 100),
    ADD COLUMN preferred_time text
    CONSTRAINT tasks_preferred_time_known CHECK (preferred_time IN ('morning', 'afternoon', 'evening')),
    ADD COLUMN recurrence text
    CONSTRAINT tasks_recurrence_length CHECK (char_length(recurrence) BETWEEN 1 AND 500),
    ADD COLUMN recurrence_from text NOT NULL DEFAULT 'schedule'
    CONSTRAINT tasks_recurrence_from_known CHECK (recurrence_from IN ('schedule', 'completion')),
    -- The date that the rule began with. Moving one occurrence does not move it.
    ADD COLUMN recurrence_start text
    CONSTRAINT tasks_recurrence_start_length CHECK (char_length(recurrence_start) BETWEEN 10 AND 64),
    -- The occurrence that completing this one made: no second one is made when it is completed again.
    ADD COLUMN next_occurrence_id uuid,
    ADD COLUMN parent_id uuid,
    ADD COLUMN depends_on uuid[] NOT NULL DEFAULT '{}'
    CONSTRAINT tasks_depends_on_count CHECK (cardinality(depends_on) <= 50),
    ADD COLUMN not_now_at timestamptz,
    -- Derived from the dates and the user's zone and working hours: what lists sort and filter by.
    ADD COLUMN due_at timestamptz,
    ADD COLUMN overdue_at timestamptz,
    ADD COLUMN wakes_at timestamptz;

UPDATE tasks
SET due_at = date_passes(tasks.due_date, users.time_zone, users.work_end_minute, users.work_days),
    overdue_at = date_passes(tasks.due_date, users.time_zone, users.work_end_minute, users.work_days)
FROM users
WHERE tasks.user_id = users.user_id AND tasks.due_date IS NOT NULL;

-- Lists in each order, and the page after a cursor, forwards and backwards.
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX tasks_by_due_at ON tasks (user_id, due_at, id) WHERE deleted_at IS NULL;
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX tasks_by_priority ON tasks (user_id, priority, id) WHERE deleted_at IS NULL;
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX tasks_by_updated_at ON tasks (user_id, updated_at, id) WHERE deleted_at IS NULL;

-- A task's subtasks; a project's tasks, counted from the index alone.
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX tasks_by_parent ON tasks (user_id, parent_id) WHERE deleted_at IS NULL AND parent_id IS NOT NULL;
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX tasks_by_project ON tasks (user_id, project, status) INCLUDE (overdue_at)
WHERE deleted_at IS NULL AND project IS NOT NULL;

-- A user's tasks with a tag, among the tags of all users.
CREATE FUNCTION tag_keys(user_id uuid, tags text[]) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN ARRAY(SELECT user_id::text || ' ' || tag FROM unnest(tags) AS tag);

-- squawk-ignore require-concurrent-index-creation
CREATE INDEX tasks_by_tag ON tasks USING gin (tag_keys(user_id, tags)) WHERE deleted_at IS NULL;

-- The trash, for emptying it.
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX tasks_trash ON tasks (deleted_at) WHERE deleted_at IS NOT NULL;

-- Projects, each since the first task that named it.
CREATE TABLE projects (
    user_id uuid NOT NULL,
    name text NOT NULL,
    archived boolean NOT NULL DEFAULT false,
    version bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    CONSTRAINT projects_pkey PRIMARY KEY (user_id, name),
    CONSTRAINT projects_user_fkey FOREIGN KEY (user_id) REFERENCES users (user_id) ON DELETE CASCADE,
    CONSTRAINT projects_name_length CHECK (char_length(name) BETWEEN 1 AND 100)
);

-- What was done to each task: its row before and after, null where there was none. One change may have several
-- rows; its id is a UUIDv7, so the primary key is in the order of time.
CREATE TABLE history (
    user_id uuid NOT NULL,
    change_id uuid NOT NULL,
    task_id uuid NOT NULL,
    at timestamptz NOT NULL,
    by text NOT NULL,
    action text NOT NULL,
    before jsonb,
    after jsonb,
    CONSTRAINT history_pkey PRIMARY KEY (user_id, change_id, task_id),
    CONSTRAINT history_user_fkey FOREIGN KEY (user_id) REFERENCES users (user_id) ON DELETE CASCADE,
    CONSTRAINT history_by_length CHECK (char_length(by) BETWEEN 1 AND 256),
    CONSTRAINT history_action_length CHECK (char_length(action) BETWEEN 1 AND 32)
);

-- For forgetting what is older than 30 days.
CREATE INDEX history_by_age ON history (at);

-- For forgetting answers that are older than a day.
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at);
