import { Actor, dynamic, inline } from "holdfast";
import { expect, it } from "vitest";
import { play } from "./stage.js";

const stopped: string[] = [];

class Plain extends Actor<{ name: string }> {
  hi() {
    return this.props.name;
  }
}

class ByField extends Plain {
  stop = () => {
    stopped.push(this.props.name);
  };
}

it("an idle inline actor's stop() is called at its stop, also where it is a field of the class", async () => {
  const { refs, app } = await play({
    hands: dynamic(inline(ByField, { name: "" })),
    plain: inline(Plain, { name: "p" }),
  });
  await refs.hands.spawn("a", { name: "a" });
  await refs.hands.spawn("b", { name: "b" });
  await refs.hands.remove("a");
  expect(stopped).toEqual(["a"]);
  await app.stop();
  expect(stopped).toEqual(["a", "b"]);
});
