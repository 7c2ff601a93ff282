import { createContext, runInContext } from "node:vm";
import { build, type Metafile } from "esbuild";
import { expect, it } from "vitest";
import { fakeServer } from "../../lab/v2/fake-server.js";

/** What a web app's bundler makes of `import { … } from "holdfast/client"`. */
async function bundled(code: string): Promise<{ text: string; metafile: Metafile }> {
  const { outputFiles, metafile } = await build({
    stdin: { contents: code, resolveDir: process.cwd() },
    bundle: true,
    platform: "browser",
    format: "iife",
    globalName: "door",
    minify: true,
    metafile: true,
    write: false,
  });
  return { text: outputFiles[0]!.text, metafile };
}

const floorsOf = ({ inputs }: Metafile) => [
  ...new Set(Object.keys(inputs).flatMap((file) => /(?:dist\/|node_modules\/)([\w.-]+)/.exec(file)?.[1] ?? [])),
];

it("a browser gets the V2 client without the WebSocket one, and nothing of a server or of Node", async () => {
  const { text, metafile } = await bundled('export { v2Client } from "holdfast/client";');
  const [output] = Object.values(metafile.outputs);
  const kept = Object.entries(output!.inputs).flatMap(([file, { bytesInOutput }]) => (bytesInOutput > 0 ? file : []));
  expect(kept.some((file) => file.endsWith("client/v2/v2-client.js"))).toBe(true);
  expect(
    kept.filter(
      (file) => !/^<stdin>$|dist\/(client\/(v2\/|portable-clock)|protocol\/|errors|duration|known-keys)/.test(file),
    ),
  ).toEqual([]);
  expect(text.length).toBeLessThan(32_000);
});

it("both clients together keep the door light", async () => {
  const { text, metafile } = await bundled('export { connect, v2Client } from "holdfast/client";');
  expect(
    floorsOf(metafile).filter((floor) =>
      /^(gateway|host|serving|routing|system|transport|cli|ws|fastify|piscina|xstate)$/.test(floor),
    ),
  ).toEqual([]);
  expect(text).not.toMatch(/node:|require\(/);
  expect(text.length).toBeLessThan(110_000);
});

it("the bundle works where there is nothing but what browsers have", async () => {
  const { url } = await fakeServer();
  const { text } = await bundled('export { v2Client } from "holdfast/client";');
  const { fetch, URL, Headers, Response, Blob, AbortController, CompressionStream, TextEncoder, TextDecoder } =
    globalThis;
  const { performance, setTimeout, clearTimeout } = globalThis;
  // Arrays of the page's own realm go to the machine's fetch as they are.
  const page = createContext({
    ...{ fetch, URL, Headers, Response, Blob, AbortController, CompressionStream, TextEncoder, TextDecoder },
    ...{ performance, setTimeout, clearTimeout, url },
  });
  const numbers: unknown = await runInContext(
    `${text};
     const four = (...data) => ({ data: new Int32Array(data), shape: [1, 4] });
     door.v2Client(url, { gzip: true })
       .infer("sum", { a: four(1, 2, 3, 4), b: four(5, 6, 7, 8) })
       .then((answer) => JSON.stringify([...answer.output("sum", "INT32").data]))`,
    page,
  );
  expect(numbers).toBe("[6,8,10,12]");
});
