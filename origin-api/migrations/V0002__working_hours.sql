-- When a user works: what a date without a time means, and what the ranking counts in.
--
-- Safe while the previous release runs: every column has a default, which adds it without a rewrite.

ALTER TABLE users
    -- Minutes of the day in the user's zone.
    ADD COLUMN work_start_minute smallint NOT NULL DEFAULT 540
    CONSTRAINT users_work_start_minute_range CHECK (work_start_minute >= 0),
    ADD COLUMN work_end_minute smallint NOT NULL DEFAULT 1020
    CONSTRAINT users_work_end_minute_range CHECK (work_start_minute < work_end_minute AND work_end_minute <= 1440),
    -- One bit a day, Monday the lowest: one number rides along with every task that is read.
    ADD COLUMN work_days smallint NOT NULL DEFAULT 31
    CONSTRAINT users_work_days_range CHECK (work_days BETWEEN 1 AND 127);
