import { readFileSync } from "node:fs";
import { HoldfastError } from "../errors.js";
import type { PageResponse, Pages } from "../gateway/page.js";

const files = {
  "/": ["index.html", "text/html; charset=utf-8"],
  "/page.js": ["page.js", "text/javascript; charset=utf-8"],
  "/capture.js": ["capture.js", "text/javascript; charset=utf-8"],
  "/page.css": ["page.css", "text/css; charset=utf-8"],
  "/licences.txt": ["licences.txt", "text/plain; charset=utf-8"],
  "/icon.svg": ["icon.svg", "image/svg+xml"],
} as const;

/**
 * The operator's page at `/`, for the `pages` of a gateway: the live tree, the latest deaths, and a panel to try each
 * actor whose media hint it knows. It loads nothing from anywhere else, and holds no secret: rights come with tokens,
 * over the WebSocket.
 * @throws HoldfastError InvalidSpec when the page has not been built
 * @example const door = await gateway(app, { expose, pages: dashboardPages() });
 */
export function dashboardPages(): Pages {
  // Read once: six small files, and no path of a request ever names one on the disk.
  const read = new Map(Object.entries(files).map(([path, [name, type]]) => [path, { body: fileOf(name), type }]));
  return ({ path, headers }): PageResponse | undefined => {
    const file = read.get(path === "/index.html" ? "/" : path === "/favicon.ico" ? "/icon.svg" : path);
    if (!file) return undefined;
    const { body, type } = file;
    return {
      status: 200,
      body,
      headers: { ...rules, "content-type": type, "content-security-policy": policy(headers) },
    };
  };
}

const rules = {
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "permissions-policy":
    "microphone=(self), camera=(), geolocation=(), display-capture=(), usb=(), serial=(), payment=()",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
};

/** Nothing inline, nothing evaluated, nothing from elsewhere, nobody may frame it. */
function policy(headers: Readonly<Record<string, string | string[] | undefined>>): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    `connect-src 'self'${ownSockets(headers.host)}`,
    "img-src 'self' data: blob:",
    "media-src blob:",
    "worker-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
}

/** Older browsers do not count a WebSocket to the page's own host as 'self'. */
function ownSockets(host: string | string[] | undefined): string {
  if (typeof host !== "string" || !/^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(:\d{1,5})?$/i.test(host)) return "";
  return ` ws://${host} wss://${host}`;
}

function fileOf(name: string): Buffer {
  try {
    return readFileSync(new URL(`./page/${name}`, import.meta.url));
  } catch (cause) {
    throw new HoldfastError("InvalidSpec", `the page's ${name} is not there: run \`npm run build\` first`, {
      details: { field: "gateway.pages" },
      cause,
    });
  }
}
