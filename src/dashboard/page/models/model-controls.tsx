import type { ClientAdmin } from "../../../client/browser.js";
import type { Operator } from "../operator.js";
import type { ModelRow } from "./read-models.js";

/** What an operator may do with a version of a model. */
interface ModelAct {
  readonly name: string;
  /** As the audit log calls it. */
  readonly audited: string;
  readonly text: string;
  /** It is done to the model, whichever version it is offered at. */
  readonly whole?: true;
  fits(row: ModelRow): boolean;
  run(admin: ClientAdmin, row: ModelRow): Promise<string>;
}

const acts: readonly ModelAct[] = [
  {
    name: "Load",
    audited: "load",
    text: "It is loaded beside what runs, and answers when it is asked for by its version.",
    fits: ({ state }) => state !== "READY",
    run: async ({ models }, { name, version }) => {
      await models.load(name, version === "" ? {} : { version });
      return `${name} ${version} is loaded.`;
    },
  },
  {
    name: "Swap in",
    audited: "swap",
    text: "It takes over after a probation: a share of the requests, judged beside the version that answers now. This may take a minute.",
    fits: ({ version }) => version !== "",
    run: async ({ models }, { name, version }) => {
      const { result, why } = await models.swap(name, { version });
      return `${name} ${version}: ${result}. ${why}`;
    },
  },
  {
    name: "Roll back",
    audited: "rollback",
    whole: true,
    text: "A swap that is under way ends in favour of the old version; else the version before takes the place of the one that answers.",
    fits: ({ state }) => state === "READY",
    run: async ({ models }, { name }) => {
      await models.rollback(name);
      return `${name} is rolled back.`;
    },
  },
  {
    name: "Unload",
    audited: "unload",
    whole: true,
    text: "What is under way finishes; then nobody is answered by this model any more, by none of its versions.",
    fits: ({ state }) => state === "READY",
    run: async ({ models }, { name }) => {
      await models.unload(name);
      return `${name} is unloaded.`;
    },
  },
];

/** The acts that fit a version, each confirmed by name and with the admin token. */
export function ModelControls({ row, operator }: { readonly row: ModelRow; readonly operator: Operator }) {
  const { name, version } = row;
  const confirm = (act: ModelAct) =>
    operator.confirm(
      {
        title: `${act.name} ${act.whole ? name : `${name} ${version}`}?`,
        text: act.text,
        act: act.name,
        dangerous: act.name === "Unload",
        audited: { act: act.audited, on: name },
      },
      (admin) => act.run(admin, row),
    );
  return (
    <div class="row-acts">
      {acts
        .filter(({ fits }) => fits(row))
        .map((act) => (
          <button
            key={act.name}
            type="button"
            aria-label={`${act.name} ${name} ${version}`}
            onClick={() => void confirm(act)}
          >
            {act.name}
          </button>
        ))}
    </div>
  );
}
