/** A line of text as it was read. */
export interface ReadLine {
  readonly text: string;
  /** The mean probability of the characters, 0 to 1; 0 for an empty line. */
  readonly confidence: number;
}

/**
 * Greedy decoding of connectionist temporal classification (Graves et al., 2006): the likeliest class of each step, runs
 * of the same class taken once, blanks dropped. A blank between two of the same class keeps them apart: "ll".
 *
 * @param probabilities  [steps, classes], row-major
 * @param characters     the character of each class from 1 on; class 0 is the blank
 */
export function greedyCtc(probabilities: Float32Array, classes: number, characters: readonly string[]): ReadLine {
  let text = "";
  let sum = 0;
  let count = 0;
  let last = 0;
  for (let row = 0; row + classes <= probabilities.length; row += classes) {
    let best = 0;
    for (let c = 1; c < classes; c++) if (probabilities[row + c]! > probabilities[row + best]!) best = c;
    if (best !== last && best !== 0) {
      text += characters[best - 1] ?? "";
      sum += probabilities[row + best]!;
      count++;
    }
    last = best;
  }
  return { text, confidence: count === 0 ? 0 : sum / count };
}
