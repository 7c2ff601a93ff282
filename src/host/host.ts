/** Where an actor runs. What each level contains is in the README's containment matrix. */
export type Isolation = "inline" | "thread" | "fork";
