/** What `this.spawn()` takes: the spec of one actor, which `thread()`, `fork()` and `inline()` return. */
export interface Spawnable<Ref> {
  readonly kind: "actor";
  /** Never there at run time: carries the type of the ref. */
  readonly ref?: Ref;
}
