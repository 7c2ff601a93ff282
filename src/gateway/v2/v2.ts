/** The door of `holdfast/v2`: the Open Inference Protocol over HTTP. */
export type { HttpDoor, HttpHost, OpenHttpDoor } from "../http-door.js";
export type { V2DoorOptions } from "./options.js";
export { v2Door } from "./v2-door.js";
