import type { IncomingMessage } from "node:http";
import { describe, expect, it } from "vitest";
import { Access } from "../../../../src/gateway/access.js";
import { addressOf } from "../../../../src/gateway/address.js";
import { Attempts, NETWORKS, networkOf } from "../../../../src/gateway/attempts.js";
import { thrownBy } from "../../thrown-by.js";

describe("one network", () => {
  it.each([
    ["192.0.2.7", "192.0.2.7"],
    ["::ffff:192.0.2.7", "192.0.2.7"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2"],
    ["2001:DB8:1:2::", "2001:db8:1:2"],
    ["2001:0db8:0001:0002::9", "2001:db8:1:2"],
    // The same /64, with the zeros left out in other places.
    ["2001:db8::1:2:3:4", "2001:db8:0:0"],
    ["2001:db8:0:0:1::", "2001:db8:0:0"],
    ["2001:db8::", "2001:db8:0:0"],
    ["::1", "0:0:0:0"],
    ["fe80::1%eth0", "fe80:0:0:0"],
    ["unknown", "unknown"],
  ])("%s is of %s", (address, network) => {
    expect(networkOf(address)).toBe(network);
  });

  it("waits after ten wrong tokens, however its addresses are written, and others do not", () => {
    const attempts = new Attempts();
    for (let i = 0; i < 10; i++) attempts.failed(i % 2 === 0 ? `2001:db8::${i}` : `2001:db8:0:0:${i}::`, 1000 * i);
    expect(attempts.waitMs("2001:db8::ffff", 10_000)).toBe(50_000);
    expect(attempts.waitMs("2001:db8:1::1", 10_000)).toBe(0);
    expect(attempts.waitMs("2001:db8::1", 60_000)).toBe(0);
  });

  it("is one of many that are remembered: a million take no more memory than the bound", () => {
    const attempts = new Attempts();
    for (let i = 0; i < 10; i++) attempts.failed("10.0.0.1", 0);
    for (let i = 0; i < NETWORKS - 1; i++) attempts.failed(`2001:db8:${i.toString(16)}::1`, 0);
    expect(attempts.waitMs("10.0.0.1", 1)).toBeGreaterThan(0);
    attempts.failed("192.0.2.1", 0);
    expect(attempts.waitMs("10.0.0.1", 1)).toBe(0);
  });
});

describe("who sends a request", () => {
  const from = (remoteAddress: string | undefined, forwarded?: string) =>
    ({ socket: { remoteAddress }, headers: { "x-forwarded-for": forwarded } }) as unknown as IncomingMessage;

  it.each([
    ["203.0.113.9", undefined, "203.0.113.9"],
    ["203.0.113.9", "192.0.2.1", "203.0.113.9"],
    ["10.0.0.1", undefined, "10.0.0.1"],
    ["10.0.0.1", "203.0.113.9", "203.0.113.9"],
    ["::ffff:10.0.0.1", "made up, 198.51.100.1, 203.0.113.9, 10.0.0.2", "203.0.113.9"],
    ["10.0.0.1", "203.0.113.9:55123", "203.0.113.9"],
    ["10.0.0.1", "[2001:db8::1]:443", "2001:db8::1"],
    ["10.0.0.1", "<script>alert(1)</script>", "10.0.0.1"],
    ["10.0.0.1", "10.0.0.2, 10.0.0.1", "10.0.0.2"],
    ["10.0.0.1", Array.from({ length: 5000 }, () => "10.0.0.2").join(","), "10.0.0.2"],
    [undefined, "203.0.113.9", "unknown"],
  ])("%s, which says %s, is %s where the two proxies are trusted", (remote, forwarded, is) => {
    expect(addressOf(from(remote, forwarded), ["10.0.0.1", "10.0.0.2"])).toBe(is);
  });
});

describe("a token", () => {
  const wrong: string[] = [];
  const access = new Access({
    token: "the-callers-token-",
    adminToken: "the-admins-token-1",
    adminTokens: { alice: "the-token-of-alice", bob: "the-token-of-bob--" },
    now: () => 0,
    onWrong: (address, wanted) => wrong.push(`${address} ${wanted}`),
  });

  it("says whose it is, and what it gives", () => {
    expect(access.identify("the-token-of-alice", "admin", "a")).toEqual({ right: "admin", name: "alice" });
    expect(access.identify("the-token-of-bob--", "call", "a")).toEqual({ right: "admin", name: "bob" });
    expect(access.identify("the-admins-token-1", "admin", "a")).toEqual({ right: "admin", name: "admin" });
    expect(access.identify("the-callers-token-", "call", "a")).toEqual({ right: "call" });
  });

  it("that is wrong is told until its network has to wait, and counted always", () => {
    for (let i = 0; i < 25; i++) thrownBy(() => access.identify("the-callers-token-", "admin", "192.0.2.1"));
    expect(wrong).toEqual(Array.from({ length: 10 }, () => "192.0.2.1 admin"));
    expect(access.refused).toBe(25);
    expect(thrownBy(() => access.identify("the-token-of-alice", "admin", "192.0.2.1"))).toMatchObject({
      code: "Unauthorized",
      retryAfterMs: 60_000,
    });
  });
});
