/** A GET for a page; `path` is decoded from nothing and has no query string. */
export interface PageRequest {
  readonly method: "GET" | "HEAD";
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

export interface PageResponse {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

/** Serves the pages of the server; undefined where it has none. */
export type Pages = (request: PageRequest) => PageResponse | undefined | Promise<PageResponse | undefined>;
