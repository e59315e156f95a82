-- OAuth: the apps that may ask for an allowance, the codes they exchange, and what an app's grant has besides a session.
--
-- Safe while the previous release runs: it knows none of the tables, its sessions are what the new columns default to,
-- and it carries on no session of the kind `app`.

ALTER TABLE sessions
    -- An app's: the client that holds it.
    ADD COLUMN client_id text CONSTRAINT sessions_client_id_length CHECK (char_length(client_id) <= 512),
    -- For what its tokens are: the API, or the MCP endpoint alone.
    ADD COLUMN audience text NOT NULL DEFAULT 'api'
    CONSTRAINT sessions_audience_known CHECK (audience IN ('api', 'mcp'));

-- Clients are searched for before there is a user, so this is a global table.
CREATE TABLE oauth_clients (
    -- An id of ours, or the address of a client's metadata document.
    client_id text NOT NULL,
    -- Who made it: the operator, the client itself (RFC 7591), or its metadata document, of which this is a copy.
    kind text NOT NULL,
    name text NOT NULL,
    redirect_uris text [] NOT NULL,
    -- SHA-256 of 256 random bits; null: a public client.
    secret_hash bytea,
    -- False: a Custom GPT's Action, whose callbacks follow a pattern.
    needs_pkce boolean NOT NULL DEFAULT true,
    created_at timestamptz NOT NULL,
    -- When a copy is too old to be used, and a registration is removed that nobody has allowed anything. Null: it stays.
    expires_at timestamptz,
    CONSTRAINT oauth_clients_pkey PRIMARY KEY (client_id),
    CONSTRAINT oauth_clients_client_id_length CHECK (char_length(client_id) BETWEEN 1 AND 512),
    CONSTRAINT oauth_clients_kind_known CHECK (kind IN ('operator', 'dynamic', 'document')),
    CONSTRAINT oauth_clients_name_length CHECK (char_length(name) BETWEEN 1 AND 100),
    CONSTRAINT oauth_clients_secret_hash_length CHECK (octet_length(secret_hash) = 32),
    -- Whoever shows no verifier has to show a secret.
    CONSTRAINT oauth_clients_proof CHECK (needs_pkce OR secret_hash IS NOT NULL)
);

CREATE INDEX oauth_clients_by_end ON oauth_clients (expires_at);

-- Authorization codes, by SHA-256. A used one is kept for a day, so that its second use ends what came of the first.
CREATE TABLE oauth_codes (
    code_hash bytea NOT NULL,
    user_id uuid NOT NULL,
    -- The user's generation when it was allowed.
    generation bigint NOT NULL,
    -- The id of the grant that comes of it.
    session_id uuid NOT NULL,
    client_id text NOT NULL,
    client_name text NOT NULL,
    redirect_uri text NOT NULL,
    -- Base64url of SHA-256 of the verifier (RFC 7636); null for a client that shows none.
    code_challenge text,
    scopes text NOT NULL,
    audience text NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz,
    CONSTRAINT oauth_codes_pkey PRIMARY KEY (code_hash),
    CONSTRAINT oauth_codes_hash_length CHECK (octet_length(code_hash) = 32)
);

CREATE INDEX oauth_codes_by_user ON oauth_codes (user_id);
CREATE INDEX oauth_codes_by_age ON oauth_codes (created_at);
