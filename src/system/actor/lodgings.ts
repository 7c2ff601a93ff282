import type { ActorClass } from "../../actor/actor.js";
import type { CellSpec } from "../../host/booting.js";
import type { SystemContext } from "../context.js";
import { CellMates } from "./cell-mates.js";
import { SharedCells } from "./shared-cells.js";

/**
 * Props are compared by identity, and must not pile up: objects go when nobody holds them any more, other values when the
 * last actor that was given them has gone.
 */
interface ByProps {
  readonly objects: WeakMap<object, SharedCells>;
  readonly others: Map<unknown, WeakRef<SharedCells>>;
}

/**
 * Finds the cells that an inline actor shares: with all of its class, or, where the class has a static load(), with
 * those that were given the very same props, since load() made its result from them.
 */
export class Lodgings {
  readonly #context: () => SystemContext;
  readonly #byClass = new Map<ActorClass, SharedCells>();
  readonly #byProps = new Map<ActorClass, ByProps>();
  readonly #mates = new Map<string, CellMates>();
  readonly #gone = new FinalizationRegistry<() => void>((forget) => forget());

  constructor(context: () => SystemContext) {
    this.#context = context;
  }

  /** @param spec is made only where no cells are known yet */
  shared(actorClass: ActorClass, props: unknown, spec: () => CellSpec): SharedCells {
    if (typeof actorClass.load !== "function") {
      const known = this.#byClass.get(actorClass);
      if (known) return known;
      const cells = new SharedCells(this.#context(), spec());
      this.#byClass.set(actorClass, cells);
      return cells;
    }
    let ofClass = this.#byProps.get(actorClass);
    if (!ofClass) {
      ofClass = { objects: new WeakMap(), others: new Map() };
      this.#byProps.set(actorClass, ofClass);
    }
    const isObject = typeof props === "object" && props !== null;
    const known = isObject ? ofClass.objects.get(props) : ofClass.others.get(props)?.deref();
    if (known) return known;
    const cells = new SharedCells(this.#context(), spec());
    if (isObject) ofClass.objects.set(props, cells);
    else this.#keep(ofClass.others, props, cells);
    return cells;
  }

  /** The cells of those who gave it the same name, and are of the same module. */
  mates(name: string, spec: CellSpec): CellMates {
    const { isolation, module, exportName, heapMb, spare } = spec;
    const key = JSON.stringify([name, isolation, module, exportName, heapMb, spare]);
    let mates = this.#mates.get(key);
    if (!mates) {
      mates = new CellMates(this.#context(), spec);
      this.#mates.set(key, mates);
    }
    return mates;
  }

  #keep(others: ByProps["others"], props: unknown, cells: SharedCells): void {
    const held = new WeakRef(cells);
    others.set(props, held);
    this.#gone.register(cells, () => {
      if (others.get(props) === held) others.delete(props);
    });
  }
}
