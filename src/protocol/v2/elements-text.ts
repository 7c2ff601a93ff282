import type { TensorData } from "../dtypes.js";
import type { Datatype, Elements } from "./datatypes.js";
import { elementsToJson } from "./elements.js";

/**
 * Elements as the text of a JSON list. 64-bit integers are numbers with all their digits, as the protocol wants them:
 * JSON.stringify knows no bigint, and what reads them as doubles (JavaScript) asks for binary data or uses `parseJson`.
 * @throws HoldfastError InvalidValue: bytes that are no text
 */
export function elementsText(datatype: Datatype, elements: Elements): string {
  if (datatype !== "INT64" && datatype !== "UINT64") return JSON.stringify(elementsToJson(datatype, elements));
  return `[${(elements as TensorData).join(",")}]`;
}
