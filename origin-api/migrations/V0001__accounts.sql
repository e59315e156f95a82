-- Accounts and sessions.
--
-- Safe while an older release runs: everything is new.
-- Ids are UUIDv7 made by the application. Tables of a user lead every key with user_id; the look-ups that
-- cannot know the user yet (address, refresh token) are small global tables of their own, without foreign
-- keys into the tables of users.

CREATE TABLE users (
    user_id uuid NOT NULL,
    email text NOT NULL,
    email_confirmed boolean NOT NULL DEFAULT false,
    full_name text,
    time_zone text NOT NULL DEFAULT 'UTC',
    password_hash text NOT NULL,
    -- Raised by revoke-all: credentials of an older generation are refused.
    generation bigint NOT NULL DEFAULT 1,
    -- Raised by every change of anything the user owns; Mindflow-Version.
    version bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    CONSTRAINT users_pkey PRIMARY KEY (user_id),
    CONSTRAINT users_email_length CHECK (char_length(email) BETWEEN 3 AND 254),
    CONSTRAINT users_full_name_length CHECK (char_length(full_name) BETWEEN 1 AND 256)
);

CREATE TABLE user_emails (
    email text NOT NULL,
    user_id uuid NOT NULL,
    CONSTRAINT user_emails_pkey PRIMARY KEY (email)
);

CREATE TABLE sessions (
    user_id uuid NOT NULL,
    id uuid NOT NULL,
    kind text NOT NULL,
    user_agent text,
    created_at timestamptz NOT NULL,
    last_used_on date NOT NULL,
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz,
    CONSTRAINT sessions_pkey PRIMARY KEY (user_id, id),
    CONSTRAINT sessions_user_fkey FOREIGN KEY (user_id) REFERENCES users (user_id) ON DELETE CASCADE,
    CONSTRAINT sessions_kind_known CHECK (kind IN ('token', 'cookie')),
    CONSTRAINT sessions_user_agent_length CHECK (char_length(user_agent) <= 256)
);

CREATE TABLE refresh_tokens (
    -- SHA-256: who reads the database cannot use what is in it.
    token_hash bytea NOT NULL,
    user_id uuid NOT NULL,
    session_id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz,
    CONSTRAINT refresh_tokens_pkey PRIMARY KEY (token_hash),
    CONSTRAINT refresh_tokens_hash_length CHECK (octet_length(token_hash) = 32)
);

-- Ending a session ends its refresh tokens.
CREATE INDEX refresh_tokens_by_session ON refresh_tokens (user_id, session_id);
