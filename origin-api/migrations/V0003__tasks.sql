-- Tasks, and the answers kept under idempotency keys.
--
-- Safe while the previous release runs: it knows neither table.
--
-- `due_date` is text because it is answered in the form it was given, and one without an offset follows the
-- user's zone; which instant it means is for the application to say. A deleted task keeps its row, and with it
-- its id, until the trash is emptied.

CREATE TABLE tasks (
    user_id uuid NOT NULL,
    id uuid NOT NULL,
    title text NOT NULL,
    description text,
    status text NOT NULL,
    priority smallint NOT NULL,
    due_date text,
    effort_estimate_minutes smallint,
    tags text[] NOT NULL,
    completed_at timestamptz,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    deleted_at timestamptz,
    version bigint NOT NULL,
    CONSTRAINT tasks_pkey PRIMARY KEY (user_id, id),
    CONSTRAINT tasks_user_fkey FOREIGN KEY (user_id) REFERENCES users (user_id) ON DELETE CASCADE,
    CONSTRAINT tasks_title_length CHECK (char_length(title) BETWEEN 1 AND 256),
    CONSTRAINT tasks_description_length CHECK (char_length(description) <= 10000),
    CONSTRAINT tasks_status_known CHECK (status IN ('pending', 'in_progress', 'completed')),
    CONSTRAINT tasks_priority_range CHECK (priority BETWEEN 1 AND 5),
    CONSTRAINT tasks_due_date_length CHECK (char_length(due_date) BETWEEN 10 AND 64),
    CONSTRAINT tasks_effort_range CHECK (effort_estimate_minutes BETWEEN 1 AND 10080),
    CONSTRAINT tasks_tags_count CHECK (cardinality(tags) <= 20),
    CONSTRAINT tasks_completed_at_status CHECK ((completed_at IS NOT NULL) = (status = 'completed')),
    CONSTRAINT tasks_version_positive CHECK (version > 0)
);

-- Lists, newest first, and the page after a cursor.
CREATE INDEX tasks_newest ON tasks (user_id, created_at DESC, id DESC) WHERE deleted_at IS NULL;

-- What ranking reads: a user's open tasks, without passing over the completed ones of years.
CREATE INDEX tasks_open ON tasks (user_id) WHERE deleted_at IS NULL AND status <> 'completed';

-- The answers to changes that were applied, kept for a day. `answer` is the task's row as it was answered, null
-- where there was no body; a replay reads it back as a row of `tasks` and renders it as of `answered_at`. A row
-- is old by `created_at`, the database's own time: a change from the edge's outbox is answered as of an earlier
-- instant.
CREATE TABLE idempotency_keys (
    user_id uuid NOT NULL,
    key text NOT NULL,
    request_hash bytea NOT NULL,
    answer jsonb,
    answered_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT idempotency_keys_pkey PRIMARY KEY (user_id, key),
    CONSTRAINT idempotency_keys_user_fkey FOREIGN KEY (user_id) REFERENCES users (user_id) ON DELETE CASCADE,
    CONSTRAINT idempotency_keys_key_length CHECK (char_length(key) BETWEEN 1 AND 255),
    CONSTRAINT idempotency_keys_request_hash_length CHECK (octet_length(request_hash) = 32)
);
