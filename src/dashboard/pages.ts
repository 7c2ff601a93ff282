import { readFile } from "node:fs/promises";
import type { Pages } from "../gateway/http.js";

const kinds: Record<string, string> = {
  "index.html": "text/html; charset=utf-8",
  "page.js": "text/javascript; charset=utf-8",
  "capture.js": "text/javascript; charset=utf-8",
  "page.css": "text/css; charset=utf-8",
  "icon.svg": "image/svg+xml",
};

/** Nothing from anywhere else, nothing inline, no frame around it. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data: blob:",
  "media-src blob:",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** The operator's page, for `gateway(app, { pages: dashboardPages() })`. Its files lie in dist/dashboard/page. */
export function dashboardPages(): Pages {
  return async ({ path }) => {
    const name = path === "/" ? "index.html" : path.slice(1);
    const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined;
    if (!kind) return undefined;
    const headers = {
      "content-type": kind,
      "content-security-policy": policy,
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
      "permissions-policy": "microphone=(self)",
      "cache-control": "no-cache",
    };
    return { status: 200, headers, body: await readFile(new URL(`./page/${name}`, import.meta.url)) };
  };
}
