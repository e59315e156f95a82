-- The answers kept for requests without a credential.
--
-- Safe while the previous release runs: it does not know the table; if it deletes an account meanwhile, rows of that
-- account stay for a day.

-- Such a request is found by what it names and its key together: the e-mail address and from where it was given, or the
-- link. By SHA-256, as throttles are, so that no key is looked up without them, and none of them can be read here.
CREATE TABLE anonymous_keys (
    subject bytea NOT NULL,
    request_hash bytea NOT NULL,
    -- Whose link it was; null where the request named nobody for certain.
    user_id uuid,
    -- What the answer told the user's gate.
    effects jsonb,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT anonymous_keys_pkey PRIMARY KEY (subject),
    CONSTRAINT anonymous_keys_subject_length CHECK (octet_length(subject) = 32),
    CONSTRAINT anonymous_keys_request_hash_length CHECK (octet_length(request_hash) = 32)
);

CREATE INDEX anonymous_keys_by_user ON anonymous_keys (user_id) WHERE user_id IS NOT NULL;
CREATE INDEX anonymous_keys_by_age ON anonymous_keys (created_at);
