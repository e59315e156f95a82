// An MCP client's part in signing in, over the TypeScript SDK of MCP: what the SDK leaves to its host.
import type { OAuthClientProvider } from "@modelcontextprotocol/client";

type Metadata = OAuthClientProvider["clientMetadata"];
type Tokens = Exclude<Awaited<ReturnType<OAuthClientProvider["tokens"]>>, undefined>;
type Information = Exclude<Awaited<ReturnType<OAuthClientProvider["clientInformation"]>>, undefined>;

export class McpClient implements OAuthClientProvider {
  readonly clientMetadata: Metadata;
  readonly clientMetadataUrl?: string;
  /** Where the SDK wants the user to go. */
  sentTo: URL | undefined;
  /** What the SDK has been given. */
  kept: Tokens | undefined;
  information: Information | undefined;
  #verifier = "";

  constructor(name: string, redirect: string, metadataUrl?: string) {
    this.clientMetadata = {
      client_name: name,
      redirect_uris: [redirect],
      token_endpoint_auth_method: "none",
      grant_types: ["authorization_code", "refresh_token"],
      response_types: ["code"],
    };
    if (metadataUrl !== undefined) this.clientMetadataUrl = metadataUrl;
  }

  get redirectUrl(): string {
    return this.clientMetadata.redirect_uris[0] ?? "";
  }

  state(): string {
    return "a-state";
  }

  clientInformation(): Information | undefined {
    return this.information;
  }

  saveClientInformation(information: Information): void {
    this.information = information;
  }

  tokens(): Tokens | undefined {
    return this.kept;
  }

  saveTokens(tokens: Tokens): void {
    this.kept = tokens;
  }

  redirectToAuthorization(address: URL): void {
    this.sentTo = address;
  }

  saveCodeVerifier(verifier: string): void {
    this.#verifier = verifier;
  }

  codeVerifier(): string {
    return this.#verifier;
  }
}
