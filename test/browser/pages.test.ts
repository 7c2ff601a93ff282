import { describe, expect, test } from "vitest";
import { dashboardPages } from "../../dist/dashboard/pages.js";

const pages = dashboardPages();
const get = (path: string, host = "127.0.0.1:8080") => pages({ method: "GET", path, headers: { host } });

describe("the files of the page", () => {
  test.for([
    ["/", "text/html; charset=utf-8"],
    ["/page.js", "text/javascript; charset=utf-8"],
    ["/capture.js", "text/javascript; charset=utf-8"],
    ["/page.css", "text/css; charset=utf-8"],
    ["/licences.txt", "text/plain; charset=utf-8"],
    ["/icon.svg", "image/svg+xml"],
  ] as const)("%s comes as %s, under a policy that allows nothing from elsewhere", async ([path, type]) => {
    const page = (await get(path))!;
    expect(page.status).toBe(200);
    expect(page.headers).toMatchObject({
      "content-type": type,
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
      "permissions-policy": expect.stringContaining("microphone=(self)"),
    });
    expect(page.headers!["content-security-policy"]).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; " +
        "connect-src 'self' ws://127.0.0.1:8080 wss://127.0.0.1:8080; img-src 'self' data: blob:; media-src blob:; " +
        "worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    );
  });

  test("name no other host", async () => {
    for (const path of ["/", "/page.js", "/capture.js", "/page.css"]) {
      const text = Buffer.from((await get(path))!.body!).toString();
      const hosts = [...text.matchAll(/(?:https?|wss?):\/\/[\w.-]+/g)].map(([address]) => address);
      // A name space of XML, and an example in an error; neither is asked for.
      expect(hosts.filter((host) => !["http://www.w3.org", "ws://127.0.0.1"].includes(host))).toEqual([]);
      expect(text).not.toContain("sourceMappingURL");
    }
  });

  test("are all that is served: no path reaches the disk", async () => {
    for (const path of ["/main.js", "/../pages.js", "/page.js/", "/%2e%2e/pages.js", "/constructor", "/page.css.map"]) {
      expect(await get(path)).toBeUndefined();
    }
  });

  test("come with the licences of what others have written of them", async () => {
    const text = Buffer.from((await get("/licences.txt"))!.body!).toString();
    expect(text).toMatch(/^preact \d.*\n\nThe MIT License/m);
  });

  test("have a policy that a Host header cannot add to", async () => {
    for (const host of ["a; script-src *", "a b", "*", "evil.example/x", ""]) {
      const { headers } = (await get("/", host))!;
      expect(headers!["content-security-policy"]).toContain("connect-src 'self';");
    }
    expect((await get("/", "[::1]:8080"))!.headers!["content-security-policy"]).toContain(" ws://[::1]:8080 ");
  });
});
