-- Credentials of every kind and their revocation; one-time links, mail and throttles.
--
-- Safe while the previous release runs: new columns have defaults, constraints only become wider, and it knows none of
-- the new tables. Ids that such a table is searched by without knowing the user (a token, a throttled subject) lead
-- global tables of their own, as before.

ALTER TABLE users
    -- Set by the operator: nothing of the user's holds until it is cleared.
    ADD COLUMN disabled_at timestamptz;

-- A row is whatever the `sid` of a token can name: a login's session, an API key, an app's grant.
ALTER TABLE sessions
    -- A key's.
    ADD COLUMN name text CONSTRAINT sessions_name_length CHECK (char_length(name) BETWEEN 1 AND 100),
    ADD COLUMN scopes text NOT NULL DEFAULT 'tasks:read tasks:write account'
    CONSTRAINT sessions_scopes_length CHECK (char_length(scopes) <= 100),
    -- The absolute limit; `expires_at` is moved on by use, up to here. Null: it is not moved on.
    ADD COLUMN ends_at timestamptz,
    -- When the newest of its tokens that was ever used had been issued, in Unix seconds.
    ADD COLUMN used_iat bigint;

-- A key that was never used has none; the previous release never reads it.
-- squawk-ignore ban-drop-not-null
ALTER TABLE sessions ALTER COLUMN last_used_on DROP NOT NULL;

-- What was allowed stays allowed. The table holds a few rows a user: checking them takes no time.
-- squawk-ignore ban-drop-constraint
ALTER TABLE sessions DROP CONSTRAINT sessions_kind_known;

-- squawk-ignore constraint-missing-not-valid
ALTER TABLE sessions ADD CONSTRAINT sessions_kind_known CHECK (kind IN ('token', 'cookie', 'key', 'app'));

-- What the gates at the edge are told, kept until one has said that it knows. Without a foreign key: it outlives a
-- deleted user.
CREATE TABLE gate_effects (
    user_id uuid NOT NULL,
    id uuid NOT NULL,
    -- The user's version after the change.
    version bigint NOT NULL,
    -- As in Mindflow-Gate-Effects.
    effects jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    deliver_after timestamptz NOT NULL,
    attempts bigint NOT NULL DEFAULT 0,
    CONSTRAINT gate_effects_pkey PRIMARY KEY (user_id, id)
);

CREATE INDEX gate_effects_due ON gate_effects (deliver_after);

-- Links that were sent by mail, by SHA-256 of their token. A used one is deleted.
CREATE TABLE email_tokens (
    token_hash bytea NOT NULL,
    user_id uuid NOT NULL,
    purpose text NOT NULL,
    -- Where it was sent.
    email text NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    CONSTRAINT email_tokens_pkey PRIMARY KEY (token_hash),
    CONSTRAINT email_tokens_hash_length CHECK (octet_length(token_hash) = 32),
    CONSTRAINT email_tokens_purpose_known CHECK (purpose IN ('reset', 'confirm')),
    CONSTRAINT email_tokens_email_length CHECK (char_length(email) BETWEEN 3 AND 254)
);

CREATE INDEX email_tokens_by_user ON email_tokens (user_id);
CREATE INDEX email_tokens_by_end ON email_tokens (expires_at);

-- Mail that is still to be sent. It holds no secret: a link is made when its mail is written.
CREATE TABLE mails (
    id uuid NOT NULL,
    kind text NOT NULL,
    email text NOT NULL,
    -- Null where only the address is known, which may be nobody's.
    user_id uuid,
    created_at timestamptz NOT NULL,
    send_after timestamptz NOT NULL,
    attempts bigint NOT NULL DEFAULT 0,
    CONSTRAINT mails_pkey PRIMARY KEY (id),
    CONSTRAINT mails_kind_known CHECK (kind IN ('reset', 'confirm', 'password_changed', 'email_changed')),
    CONSTRAINT mails_email_length CHECK (char_length(email) BETWEEN 3 AND 254)
);

CREATE INDEX mails_due ON mails (send_after);

-- Rates by GCRA: when the next one would come if all came evenly. By SHA-256 of what is limited, so that an address
-- that is nobody's is limited alike, and none is stored.
CREATE TABLE throttles (
    subject bytea NOT NULL,
    arrival timestamptz NOT NULL,
    CONSTRAINT throttles_pkey PRIMARY KEY (subject),
    CONSTRAINT throttles_subject_length CHECK (octet_length(subject) = 32)
);

CREATE INDEX throttles_by_arrival ON throttles (arrival);

-- From where a user has logged in, by SHA-256: not to be locked out from there by the failures of others elsewhere.
CREATE TABLE known_addresses (
    user_id uuid NOT NULL,
    address_hash bytea NOT NULL,
    last_login_at timestamptz NOT NULL,
    CONSTRAINT known_addresses_pkey PRIMARY KEY (user_id, address_hash),
    CONSTRAINT known_addresses_user_fkey FOREIGN KEY (user_id) REFERENCES users (user_id) ON DELETE CASCADE,
    CONSTRAINT known_addresses_hash_length CHECK (octet_length(address_hash) = 32)
);

CREATE INDEX known_addresses_by_login ON known_addresses (last_login_at);
