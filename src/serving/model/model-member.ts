import { factsFromUrl, modelClass } from "./model-class.js";

/** The module of a model in a thread or a process. Each set of facts has a URL, and so a class, of its own. */
export const Member = modelClass(factsFromUrl(import.meta.url));
