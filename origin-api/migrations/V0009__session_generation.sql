-- Which generation of its user's credentials a session belongs to.
--
-- A login that began before the generation was raised may store its session after that: by its own generation it is
-- known to be old, however the two met. Safe while the previous release runs: the column has a default, and that
-- release raises no generation, so what it stores is of the first one.

ALTER TABLE sessions ADD COLUMN generation bigint NOT NULL DEFAULT 1;
