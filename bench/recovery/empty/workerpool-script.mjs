import workerpool from "workerpool";
import { next } from "./next.mjs";

workerpool.worker({ answer: next });
