/** Under this key a new thread finds the URL of the module it is about to be booted with (worker environment data). */
export const SOON = "holdfast.soon";
