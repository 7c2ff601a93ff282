const sample = /^([a-zA-Z_:][\w:]*)(\{(?:[a-zA-Z_]\w*="(?:[^"\\\n]|\\["\\n])*",?)*\})? (\S+)$/;

/**
 * The values of a text that Prometheus would read, by name and labels as they are written: `up{a="b"}`.
 * @throws for a line that the format does not allow, a value of a metric that was not announced, and one that is there twice
 */
export function parsed(text: string): Map<string, number> {
  if (!text.endsWith("\n")) throw new Error("the last line does not end");
  const values = new Map<string, number>();
  const types = new Map<string, string>();
  for (const line of text.split("\n")) {
    const type = /^# TYPE (\S+) (counter|gauge|histogram|summary|untyped)$/.exec(line);
    if (type && types.has(type[1]!)) throw new Error(`${type[1]} is announced twice`);
    if (type) types.set(type[1]!, type[2]!);
    if (line === "" || line.startsWith("# ")) continue;
    const found = sample.exec(line);
    if (!found) throw new Error(`no line of the format: ${JSON.stringify(line)}`);
    const [, name = "", labels = "", value = ""] = found;
    const family = types.has(name) ? name : name.replace(/_(bucket|sum|count)$/, "");
    if (!types.has(family)) throw new Error(`${name} was not announced`);
    const number = value === "+Inf" ? Number.POSITIVE_INFINITY : Number(value);
    if (Number.isNaN(number) && value !== "Nan") throw new Error(`no number: ${line}`);
    if (values.has(name + labels)) throw new Error(`${name}${labels} is there twice`);
    values.set(name + labels, number);
  }
  return values;
}
