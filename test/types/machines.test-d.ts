import { keyed } from "holdfast";
import { machine } from "holdfast/xstate";
import { assign, fromPromise, fromTransition, setup } from "xstate";

/* Read by the compiler alone (npm run types): a line that should be refused and is not fails there. */

const door = setup({
  types: {
    events: {} as { type: "open"; by: string } | { type: "shut" },
    context: {} as { opened: number },
    input: {} as { name: string },
    output: {} as { total: number },
  },
}).createMachine({
  context: { opened: 0 },
  initial: "shut",
  states: {
    shut: { on: { open: { target: "open", actions: assign({ opened: ({ context }) => context.opened + 1 }) } } },
    open: { on: { shut: "shut" } },
  },
});
declare const url: URL;
type RefOf<S> = S extends { readonly ref?: infer R } ? R : never;

const spec = machine<typeof door>(url, { input: { name: "front" }, isolation: "fork", window: 8 });
declare const ref: RefOf<typeof spec>;
const state = await ref.ask.send({ type: "open", by: "ada" });
const opened: number = state.context.opened;
const value: "shut" | "open" = state.value;
if (state.status === "done") state.output.total satisfies number;
const taken: boolean = ref.tell.send({ type: "shut" });
const can: boolean = await ref.ask.can({ type: "shut" });
void [opened, value, taken, can, keyed(spec)];

// @ts-expect-error no such event
void ref.ask.send({ type: "slam" });
// @ts-expect-error it says who opens it
void ref.ask.send({ type: "open" });
// @ts-expect-error its input is asked for
machine<typeof door>(url);
// @ts-expect-error so it is where the logic is given
machine(door);
// @ts-expect-error without the type argument nobody knows its events
machine(url);
// @ts-expect-error logic cannot go to a thread
machine(door, { input: { name: "front" }, isolation: "thread" });

const sum = machine(fromTransition((total: number, event: { type: "add"; by: number }) => total + event.by, 0));
declare const sumRef: RefOf<typeof sum>;
(await sumRef.ask.send({ type: "add", by: 2 })).context satisfies number;

const once = machine(
  fromPromise(async ({ input }: { input: string }) => input.length),
  { input: "text" },
);
declare const onceRef: RefOf<typeof once>;
(await onceRef.ask.getSnapshot()).output satisfies number | undefined;
