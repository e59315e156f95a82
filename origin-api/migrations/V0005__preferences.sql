-- The rest of a user's preferences.
--
-- Safe while the previous release runs: every column has a default, which adds it without a rewrite, and what that
-- release writes into a row of a user touches none of them.

ALTER TABLE users
    -- Whether the user ever said when they work; else the working hours are only assumed, and an answer says so.
    ADD COLUMN hours_are_chosen boolean NOT NULL DEFAULT false,
    -- A text search configuration of PostgreSQL.
    ADD COLUMN search_language text NOT NULL DEFAULT 'simple'
    CONSTRAINT users_search_language_length CHECK (char_length(search_language) BETWEEN 1 AND 63),
    -- What each factor of the ranking counts for, in hundredths, in the order in which an answer lists them.
    ADD COLUMN weights smallint [] NOT NULL DEFAULT '{100, 100, 100, 100, 100, 100, 100, 100, 100}'
    CONSTRAINT users_weights_range CHECK (cardinality(weights) = 9 AND 0 <= ALL (weights) AND 300 >= ALL (weights)),
    -- Raised by every change of the preferences, and by nothing else.
    ADD COLUMN preferences_version bigint NOT NULL DEFAULT 1;
