import { curlLine } from "./curl-line.js";
import { type FindOptions, findSubject } from "./find-subject.js";
import { type ExchangeOptions, type HttpAnswer, HttpExchange, type HttpRequest } from "./http-exchange.js";
import { type Requirement, Unmet } from "./requirement.js";
import { extensions } from "./requirements/extensions.js";
import { health } from "./requirements/health.js";
import { inferBinary } from "./requirements/infer-binary.js";
import { inferJson } from "./requirements/infer-json.js";
import { metadata } from "./requirements/metadata.js";
import { overHttp } from "./requirements/over-http.js";
import { wrongRequests } from "./requirements/wrong-requests.js";
import type { Subject } from "./subject.js";

/** Every requirement, in the order in which they are tried; the last asks whether all that did any harm. */
export const requirements: readonly Requirement[] = [
  ...health,
  ...metadata,
  ...inferJson,
  ...inferBinary,
  ...wrongRequests,
  ...extensions,
  ...overHttp,
];

/** How one requirement fared. */
export interface Finding {
  readonly id: string;
  readonly title: string;
  readonly level: Requirement["level"];
  readonly outcome: "pass" | "fail" | "skip";
  /** What is wrong, or why it was not tried. */
  readonly why?: string;
  readonly says: string;
  readonly source: Requirement["source"];
  /** What was sent when it failed, for a shell. */
  readonly curl?: readonly string[];
}

export interface V2Report {
  readonly url: string;
  readonly server: { readonly name: string; readonly version: string; readonly extensions: readonly string[] };
  /** The models that it was tried on. */
  readonly models: readonly string[];
  readonly findings: readonly Finding[];
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** Whether all that is required holds. */
  readonly conforms: boolean;
}

export interface CheckOptions extends ExchangeOptions, FindOptions {
  /** Which requirements are tried, by their names. Default all. */
  readonly only?: (id: string) => boolean;
  /** Hears of each as it is known. */
  readonly onFinding?: (finding: Finding) => void;
}

/**
 * Holds a server to the Open Inference Protocol (V2) over HTTP and to the extensions that it says it has. Nothing is sent that a
 * server could not have from anybody; models are unloaded only where that is allowed.
 *
 *   look at the server ─▸ for each requirement: requests(subject) ─▸ send ─▸ judge(answers) ─▸ pass | fail | skip
 *
 * @param url of the server, without "/v2"
 * @throws (rejects) HoldfastError ConnectionLost, Unauthorized
 */
export async function checkV2(url: string, options: CheckOptions): Promise<V2Report> {
  const exchange = new HttpExchange(url, options);
  try {
    const subject = await findSubject(exchange, options);
    const findings: Finding[] = [];
    for (const requirement of requirements) {
      if (options.only && !options.only(requirement.id)) continue;
      const finding = await tryOn(requirement, subject, exchange, url, options);
      findings.push(finding);
      options.onFinding?.(finding);
    }
    const count = (outcome: Finding["outcome"]) => findings.filter((one) => one.outcome === outcome).length;
    const { name, version } = subject;
    return {
      url,
      server: { name, version, extensions: subject.extensions },
      models: subject.models.map((model) => model.name),
      findings,
      passed: count("pass"),
      failed: count("fail"),
      skipped: count("skip"),
      conforms: !findings.some(({ outcome, level }) => outcome === "fail" && level === "required"),
    };
  } finally {
    exchange.close();
  }
}

async function tryOn(
  requirement: Requirement,
  subject: Subject,
  exchange: HttpExchange,
  url: string,
  { token }: CheckOptions,
): Promise<Finding> {
  const { id, title, level, says, source, extension } = requirement;
  const finding = { id, title, level, says, source };
  if (extension !== undefined && !subject.extensions.includes(extension)) {
    return { ...finding, outcome: "skip", why: `the server does not say that it has ${extension}` };
  }
  const requests = requirement.requests(subject);
  if (typeof requests === "string") return { ...finding, outcome: "skip", why: requests };
  const problem = await problemOf(requirement, requests, subject, exchange);
  if (problem === undefined) return { ...finding, outcome: "pass" };
  const curl = requests.map((request) => curlLine(url, request, token !== undefined));
  return { ...finding, outcome: "fail", why: problem, curl };
}

async function problemOf(
  requirement: Requirement,
  requests: readonly HttpRequest[],
  subject: Subject,
  exchange: HttpExchange,
): Promise<string | undefined> {
  const answers: HttpAnswer[] = [];
  try {
    for (const request of requests) answers.push(await exchange.send(request));
    requirement.judge(answers, subject);
    return undefined;
  } catch (error) {
    if (error instanceof Unmet || answers.length < requests.length) return (error as Error).message;
    // An answer so odd that looking at it failed is no answer.
    return `the answer is not of this form: ${(error as Error).message}`;
  }
}
