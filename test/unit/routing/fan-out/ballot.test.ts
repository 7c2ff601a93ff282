import { describe, expect, it } from "vitest";
import { HoldfastError } from "../../../../src/errors.js";
import { Ballot, type Vote } from "../../../../src/routing/fan-out/ballot.js";

const said = (member: string, value: unknown): Vote => ({ member, outcome: { ok: true, value } });
const failed = (member: string, error: Error): Vote => ({ member, outcome: { ok: false, error } });
const died = new HoldfastError("ActorDied", "it died");
const refused = new HoldfastError("Refused", "too long");

const ballot = (seats: number, quorum: number) => new Ballot(seats, quorum, Object.is);

describe("a ballot", () => {
  it("is decided by the vote that makes the quorum, and gives that one away", () => {
    const made = ballot(3, 2);
    expect(made.cast(said("1", 7))).toEqual({ kind: "open" });
    expect(made.cast(said("2", 7))).toMatchObject({ kind: "decided", agreed: 2, winner: { member: "2" } });
    expect(made.outvoted).toEqual([]);
    made.cast(said("3", 9));
    expect(made.outvoted).toEqual(["3"]);
    expect(made.closed).toBe(true);
  });

  it("is undecided as soon as no vote to come can help", () => {
    const made = ballot(5, 3);
    for (const vote of [said("1", 1), said("2", 2)]) expect(made.cast(vote).kind).toBe("open");
    expect(made.cast(said("3", 3)).kind).toBe("open");
    expect(made.cast(said("4", 4))).toEqual({ kind: "undecided", agreed: 1 });
    expect(made.failure("app/hands: say")).toMatchObject({ code: "NoQuorum", details: { votes: [1, 1, 1, 1] } });
  });

  it("counts a death as a vote that was not cast", () => {
    const made = ballot(3, 2);
    made.cast(failed("1", died));
    made.cast(said("2", 7));
    expect(made.cast(said("3", 7)).kind).toBe("decided");
    expect(made.outvoted).toEqual([]);
  });

  it("says why where nobody contradicted anybody and too few spoke: by the death", () => {
    const made = ballot(3, 2);
    made.cast(failed("1", died));
    made.cast(said("2", 7));
    expect(made.cast(failed("3", died)).kind).toBe("undecided");
    expect(made.failure("app/hands: say")).toBe(died);
    expect(made.outvoted).toEqual([]);
  });

  it("takes a refusal as an answer", () => {
    const made = ballot(3, 2);
    made.cast(failed("1", refused));
    made.cast(said("2", 7));
    expect(made.cast(failed("3", refused))).toMatchObject({ kind: "decided", winner: { member: "3" } });
    expect(made.outvoted).toEqual(["2"]);
  });

  it("names all who spoke where nobody won", () => {
    const made = ballot(3, 2);
    for (const [member, value] of [
      ["1", 1],
      ["2", 2],
      ["3", 3],
    ] as const)
      made.cast(said(member, value));
    expect(made.outvoted).toEqual(["1", "2", "3"]);
  });
});
