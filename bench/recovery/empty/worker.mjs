import { answerMessages } from "../raw-worker-side.mjs";
import { next } from "./next.mjs";

answerMessages(next);
