import { constants, createPublicKey, publicEncrypt } from "node:crypto";

/** What ODC answered. */
export interface OdcAnswer {
  status: number;
  /** `Set-Cookie` lines as they came. */
  setCookies: string[];
  /** ODC's code of an error; undefined for none. */
  code?: string;
  data: unknown;
  body: Record<string, unknown>;
}

interface Options {
  method?: string;
  headers?: Record<string, string>;
  body?: string | URLSearchParams;
  /** Milliseconds after which the request fails. */
  limit?: number;
}

/** The password as ODC wants it: encrypted with its public key, PKCS #1 v1.5, in base64. */
export function encrypted(publicKey: string, password: string): string {
  const key = createPublicKey({ key: Buffer.from(publicKey, "base64"), format: "der", type: "spki" });
  return publicEncrypt({ key, padding: constants.RSA_PKCS1_PADDING }, Buffer.from(password)).toString("base64");
}

/** A client of ODC's HTTP interface that keeps its cookies, as a browser does, for whatever address it asks. */
export class OdcClient {
  readonly cookies: Record<string, string> = {};

  constructor(
    /** Where ODC or its nginx answers. */
    public url: string,
  ) {}

  async ask(path: string, options: Options = {}): Promise<OdcAnswer> {
    const { limit = 10_000, headers, ...request } = options;
    const cookie = Object.entries(this.cookies)
      .map(([name, value]) => `${name}=${value}`)
      .join("; ");
    const response = await fetch(new URL(path, this.url), {
      ...request,
      headers: { ...(cookie !== "" && { cookie }), ...headers },
      signal: AbortSignal.timeout(limit),
      redirect: "manual",
    });
    const setCookies = response.headers.getSetCookie();
    for (const line of setCookies) this.keep(line);
    const text = await response.text();
    const body = text.startsWith("{") ? (JSON.parse(text) as Record<string, unknown>) : { text };
    const { code, data } = body as { code?: string | null; data?: unknown };
    return { status: response.status, setCookies, ...(code && { code }), data, body };
  }

  private keep(line: string): void {
    const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
    if (/; Max-Age=0(;|$)/.test(line)) Reflect.deleteProperty(this.cookies, name);
    else this.cookies[name] = value;
  }

  async logIn(password: string, username = "admin"): Promise<OdcAnswer> {
    const { data } = await this.ask("/api/v2/encryption/publicKey");
    const body = new URLSearchParams({ username, password: encrypted(data as string, password) });
    return this.ask("/api/v2/iam/login", { method: "POST", body });
  }

  /** Who is logged in. */
  me(limit?: number): Promise<OdcAnswer> {
    return this.ask("/api/v2/iam/users/me?currentOrganizationId=1", { limit });
  }

  /** A request that changes something, with the token against forged ones. */
  async post(path: string, body: string): Promise<OdcAnswer> {
    if (this.cookies["XSRF-TOKEN"] === undefined) await this.me();
    const token = this.cookies["XSRF-TOKEN"] ?? "";
    return this.ask(path, { method: "POST", body, headers: { "X-XSRF-TOKEN": token, currentOrganizationId: "1" } });
  }
}
