/** What the Worker refuses, as problems (RFC 9457). */

const TITLES = {
  401: ["unauthenticated", "A valid credential is needed"],
  403: ["forbidden", "The credential does not allow this"],
  404: ["not-found", "There is nothing here"],
  405: ["method-not-allowed", "The method is not allowed here"],
  413: ["content-too-large", "The body is too large"],
  415: ["unsupported-media-type", "The media type is not supported"],
  422: ["invalid", "Some fields are not valid"],
  429: ["rate-limited", "Too many requests"],
  500: ["internal", "Something went wrong on our side"],
  503: ["unavailable", "MindFlow is temporarily unavailable"],
} as const;

type Status = keyof typeof TITLES;

export class Refusal extends Error {
  readonly status: Status;
  /** A word for log lines. */
  readonly reason: string;
  readonly fields: Record<string, string>;
  readonly errors: { field: string; message: string }[] | undefined;

  private constructor(
    status: Status,
    reason: string,
    detail: string,
    fields: Record<string, string> = {},
    errors?: { field: string; message: string }[],
  ) {
    super(detail);
    this.status = status;
    this.reason = reason;
    this.fields = fields;
    this.errors = errors;
  }

  static notFound(): Refusal {
    return new Refusal(404, "not_found", "There is no such path. Check the address; paths begin with /api/.");
  }

  static methodNotAllowed(allow: string): Refusal {
    return new Refusal(405, "method_not_allowed", `This path answers only these methods: ${allow}.`, { allow });
  }

  static noCredential(): Refusal {
    return new Refusal(
      401,
      "no_credential",
      "Send `Authorization: Bearer` with an access token (from POST /api/auth/login) or an API key.",
      { "www-authenticate": "Bearer" },
    );
  }

  static credential(reason: string): Refusal {
    const detail =
      reason === "expired"
        ? "The token has expired. Log in again (POST /api/auth/login) and repeat the request."
        : "The token is not valid here. Log in again (POST /api/auth/login) and send the new access token.";
    return new Refusal(401, reason, detail, { "www-authenticate": 'Bearer error="invalid_token"' });
  }

  static missingScope(scope: string): Refusal {
    return new Refusal(403, "missing_scope", `This needs the scope \`${scope}\`, which the credential does not have.`, {
      "www-authenticate": `Bearer error="insufficient_scope", scope="${scope}"`,
    });
  }

  static tooMany(seconds: number): Refusal {
    return new Refusal(
      429,
      "user_limit",
      `This user has made too many requests. Wait ${seconds} seconds before the next one; \`RateLimit\` says how many are left.`,
      { "retry-after": String(seconds) },
    );
  }

  static tooLarge(limit: number): Refusal {
    return new Refusal(413, "too_large", `A body may hold at most ${limit} bytes, that of an import 10485760. Send less, or split it into several requests.`);
  }

  static unsupportedMediaType(): Refusal {
    return new Refusal(415, "unsupported_media_type", "Send the body as JSON, in UTF-8, with `Content-Type: application/json`.");
  }

  static unusableField(name: string): Refusal {
    return new Refusal(
      422,
      "unusable_field",
      `The header \`${name}\` holds what cannot be sent on. Use printable ASCII, at most 4096 characters.`,
      {},
      [{ field: name, message: "must be printable ASCII of at most 4096 characters" }],
    );
  }

  static originAway(reason: "origin_no_answer" | "origin_proxy_error"): Refusal {
    return new Refusal(
      503,
      reason,
      "MindFlow cannot reach its database server at the moment. Try again in 5 seconds; repeat a change with the same " +
        "Idempotency-Key, because it may have been applied.",
      { "retry-after": "5" },
    );
  }

  static internal(cause: unknown): Refusal {
    console.error(cause);
    return new Refusal(500, "internal", "The request could not be served. Quote the request id when you report this.");
  }

  response(requestId: string): Response {
    const [slug, title] = TITLES[this.status];
    const problem = {
      type: `urn:mindflow:problem:${slug}`,
      title,
      status: this.status,
      detail: this.message,
      request_id: requestId,
      errors: this.errors,
    };
    return new Response(JSON.stringify(problem), {
      status: this.status,
      headers: { "content-type": "application/problem+json", "cache-control": "no-store", ...this.fields },
    });
  }
}
