import { Read } from "holdfast/models";

/** Read without its declaration: nothing says that reading twice does no harm. */
export class ReadOnce extends Read {
  static methods = {};
}
