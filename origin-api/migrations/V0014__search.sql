-- Search: the words by which each task is found.
--
-- Safe while the previous release runs: it names the new column nowhere, and knows neither of the tables' other news.
-- What it writes is found all the same. Every change of a task, by any release, raises its version, and the version
-- that the words were taken from is kept beside it: where the two differ the application takes the words anew, the
-- next time that the user searches or as part of cleaning up. So the rows that are here already need no other
-- treatment than those to come, and a change costs what it did before. The index is built in the migration's
-- transaction and holds up changes of tasks meanwhile; no installation is large before its first release.
--
-- The application folds the texts (case, accents) and cuts them into words, PostgreSQL finds the stems in the user's
-- language. A word begins with the last eight digits of the user's id: without them a word that is common among all
-- users would have to be looked up for all of them.

ALTER TABLE tasks ADD COLUMN search_version bigint;

-- The user's tasks whose words are not those of their version, at its end.
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX tasks_to_index ON tasks (user_id, (version - coalesce(search_version, 0))) WHERE deleted_at IS NULL;

CREATE TABLE search_words (
    user_id uuid NOT NULL,
    task_id uuid NOT NULL,
    -- That of the stems.
    language text NOT NULL,
    -- A: title; B: tags and project; D: description.
    words tsvector NOT NULL,
    CONSTRAINT search_words_pkey PRIMARY KEY (user_id, task_id),
    CONSTRAINT search_words_task_fkey FOREIGN KEY (user_id, task_id) REFERENCES tasks (user_id, id) ON DELETE CASCADE,
    CONSTRAINT search_words_language_length CHECK (char_length(language) BETWEEN 1 AND 63)
);

-- Without a list of pending entries: every search would have to pass over it.
CREATE INDEX search_words_by_word ON search_words USING gin (words) WITH (fastupdate = off);

-- The user's tasks with stems in another language, at either end.
CREATE INDEX search_words_by_language ON search_words (user_id, language);
