import { describe, expect, it } from "vitest";
import { helpText } from "../../../src/cli/terminal/help-text.js";

const help = `holdfast look <url>
holdfast look <url> <path>

Looks at what is at a path of the tree of a server, and says in one sentence what it does and since when it has done
so. A line that begins with "!" does not run.

  --path PATH      one branch alone, as in models/speech, and in the others nothing; what is below it is shown too,
                   in lines of their own
  --json           a line of JSON
  -h, --help

Exit codes: 0 shown, 1 no server.

  holdfast look http://127.0.0.1:8080 --path models/speech --json --and-so-on --until --it-is-long
`;

describe("a help", () => {
  it("fits the terminal: descriptions stay in their column, examples in one line", () => {
    expect(helpText(help, 60)).toBe(`holdfast look <url>
holdfast look <url> <path>

Looks at what is at a path of the tree of a server, and says
in one sentence what it does and since when it has done so.
A line that begins with "!" does not run.

  --path PATH      one branch alone, as in models/speech,
                   and in the others nothing; what is below
                   it is shown too, in lines of their own
  --json           a line of JSON
  -h, --help

Exit codes: 0 shown, 1 no server.

  holdfast look http://127.0.0.1:8080 --path models/speech --json --and-so-on --until --it-is-long
`);
  });

  it("is as it was written where there is room", () => {
    expect(helpText(help, 130)).toBe(help);
  });
});
