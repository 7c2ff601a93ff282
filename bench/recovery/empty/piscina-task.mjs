export { next as default } from "./next.mjs";
