import { deflateSync, gunzipSync, gzipSync, inflateSync } from "node:zlib";
import { HEADER_LENGTH } from "../../../protocol/v2/split-body.js";
import type { HttpAnswer, HttpRequest } from "../http-exchange.js";
import { inferred, refused, succeeded } from "../judge.js";
import { get, infer, modelPath, raw } from "../requests.js";
import { ofModel, type Requirement, runs, unmet } from "../requirement.js";
import type { TestedModel } from "../subject.js";

const plain = (model: TestedModel, extensions: readonly string[]): HttpRequest => {
  const binary = extensions.includes("binary_tensor_data");
  return infer(model, binary ? { binary, parameters: { binary_data_output: true } } : {});
};

const packed = (name: "gzip" | "deflate", pack: (body: Uint8Array) => Uint8Array): Requirement =>
  ofModel({
    id: `http.${name}`,
    title: `a request that is compressed with ${name} is understood`,
    says: "Content-Encoding: the codings that have been applied to the representation. The length of the JSON part is that before compression.",
    source: "RFC 9110",
    level: "expected",
    on: runs,
    requests(model, { extensions }) {
      const request = plain(model, extensions);
      const headers = { ...request.headers, "content-encoding": name };
      return [{ ...request, headers, body: pack(request.body!) }];
    },
    judge: ([answer], model) => void inferred(answer, model),
  });

/** What any server over HTTP does, and every client takes for granted. */
export const overHttp: readonly Requirement[] = [
  {
    id: "http.query",
    title: "a query string changes nothing",
    says: "A query component contains data that serves to identify a resource along with the path; probes and gateways add them.",
    source: "good practice",
    level: "expected",
    requests: () => [get("v2/health/live?probe=1"), get("v2?from=check")],
    judge(answers) {
      for (const answer of answers) succeeded(answer);
    },
  },
  ofModel({
    id: "http.query-of-infer",
    title: "a query string at an inference changes nothing",
    says: "A query component contains data that serves to identify a resource along with the path; gateways add them.",
    source: "good practice",
    level: "expected",
    requests: (model) => [infer(model, { query: "?trace=on" })],
    judge: ([answer], model) => void inferred(answer, model),
  }),
  ofModel({
    id: "http.escaped-name",
    title: "a name that is escaped in the path is the same name",
    says: "URIs that differ in the replacement of an unreserved character with its percent-encoded octet are equivalent.",
    source: "RFC 9110",
    level: "expected",
    requests(model) {
      const [letter] = model.name;
      if (!/[a-z0-9]/i.test(letter ?? "")) return "its name begins with no letter";
      const escaped = `%${letter!.charCodeAt(0).toString(16)}${encodeURIComponent(model.name.slice(1))}`;
      return [get(`v2/models/${escaped}/ready`)];
    },
    judge: ([answer]) => succeeded(answer),
  }),
  {
    id: "http.head",
    title: "HEAD is answered as GET, without a body",
    says: "The HEAD method is identical to GET except that the server MUST NOT send content in the response.",
    source: "RFC 9110",
    level: "expected",
    requests: () => [{ method: "HEAD", path: "v2/health/live" }],
    judge: ([answer]) => succeeded(answer),
  },
  {
    id: "http.keep-alive",
    title: "a connection serves more than one request",
    says: "HTTP/1.1 defaults to the use of “persistent connections”.",
    source: "RFC 9112",
    level: "expected",
    requests: () => [get("v2"), get("v2/health/live")],
    judge: ([, second]) => void (second?.reused || unmet("the second request needed another connection")),
  },
  ofModel({
    id: "http.keep-alive-after-refusal",
    title: "a request that was refused leaves its connection usable",
    says: "HTTP/1.1 defaults to the use of “persistent connections”.",
    source: "RFC 9112",
    level: "expected",
    requests: (model) => [raw(modelPath(model, "/infer"), "{"), get("v2/health/live")],
    judge([first, second]) {
      refused(first);
      succeeded(second);
      if (!second.reused) unmet("the next request needed another connection");
    },
  }),
  ofModel({
    id: "http.chunked",
    title: "a body without a Content-Length is understood",
    says: "A recipient MUST be able to parse and decode the chunked transfer coding.",
    source: "RFC 9112",
    level: "expected",
    on: runs,
    requests: (model, { extensions }) => [{ ...plain(model, extensions), chunked: true }],
    judge: ([answer], model) => void inferred(answer, model),
  }),
  packed("gzip", gzipSync),
  packed("deflate", deflateSync),
  ofModel({
    id: "http.corrupt-gzip",
    title: "a body that is called compressed, and is not, is refused",
    says: "The HTTP body must contain the $inference_error_response object.",
    source: "inference_rest.md",
    level: "expected",
    on: runs,
    requests(model, { extensions }) {
      const request = plain(model, extensions);
      return [{ ...request, headers: { ...request.headers, "content-encoding": "gzip" } }];
    },
    judge: ([answer]) => refused(answer),
  }),
  ofModel({
    id: "http.accept-encoding",
    title: "an answer is compressed only as the caller can read it",
    says: "A server tests whether a content coding for a given representation is acceptable by the Accept-Encoding field.",
    source: "RFC 9110",
    level: "expected",
    on: runs,
    requests(model, { extensions }) {
      const request = plain(model, extensions);
      const asking = (encoding: string) => ({
        ...request,
        headers: { ...request.headers, "accept-encoding": encoding },
      });
      return [asking("identity"), asking("gzip"), asking("deflate")];
    },
    judge([identity, ...others], model) {
      if (identity?.headers["content-encoding"] ?? false) unmet("it is compressed, and nobody asked for that");
      inferred(identity, model);
      for (const [at, answer] of others.entries()) inferred(unpacked(answer, ["gzip", "deflate"][at]!), model);
    },
  }),
  {
    id: "http.unknown-path",
    title: "a path that there is not is 404, in words",
    says: "The 404 (Not Found) status code indicates that the origin server did not find a current representation for the target resource.",
    source: "RFC 9110",
    level: "expected",
    requests: () => [get("v2/no-such-path-6f1e")],
    judge: ([answer]) => refused(answer, (status) => status === 404),
  },
  ofModel({
    id: "http.method",
    title: "GET at an inference is no inference",
    says: "An inference request is made with an HTTP POST to an inference endpoint.",
    source: "inference_rest.md",
    level: "expected",
    requests: (model) => [get(modelPath(model, "/infer"))],
    judge: ([answer]) => refused(answer, (status) => status < 500),
  }),
  ofModel({
    id: "http.nothing-disturbed",
    title: "after all of that the server answers as before",
    says: "The “server live” API indicates if the inference server is able to receive and respond to metadata and inference requests.",
    source: "inference_rest.md",
    level: "required",
    on: runs,
    requests: (model, { extensions }) => [get("v2/health/live"), plain(model, extensions)],
    judge([live, answer], model) {
      succeeded(live);
      inferred(answer, model);
    },
  }),
];

function unpacked(answer: HttpAnswer, asked: string): HttpAnswer {
  const encoding = answer.headers["content-encoding"];
  if (encoding === undefined || encoding === "identity") return answer;
  if (encoding !== asked) unmet(`Content-Encoding is ${encoding}, asked was ${asked}`);
  const unpack = encoding === "gzip" ? gunzipSync : inflateSync;
  try {
    return { ...answer, body: unpack(answer.body) };
  } catch (error) {
    return unmet(
      `the body is called ${encoding} and is none (${(error as Error).message}); ${HEADER_LENGTH} counts before it`,
    );
  }
}
