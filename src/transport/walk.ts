/**
 * A packed value with other things in the place of some of its objects; what does not change is not copied.
 * @param replace what stands for an object, or undefined to look into it. Asked of every object, arrays included
 */
export function replaceIn(value: unknown, replace: (object: object) => unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  const other = replace(value);
  if (other !== undefined) return other;
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer || value instanceof Date) return value;
  if (Array.isArray(value)) return inList(value, replace);
  if (value instanceof Map) return inMap(value, replace);
  if (value instanceof Set) return inSet(value, replace);
  return inRecord(value as Record<string, unknown>, replace);
}

type Replace = (object: object) => unknown;

function inList(list: readonly unknown[], replace: Replace): readonly unknown[] {
  let changed: unknown[] | undefined;
  for (let i = 0; i < list.length; i++) {
    if (typeof list[i] !== "object") continue;
    const item = replaceIn(list[i], replace);
    if (item === list[i]) continue;
    changed ??= list.slice();
    changed[i] = item;
  }
  return changed ?? list;
}

function inRecord(record: Record<string, unknown>, replace: Replace): Record<string, unknown> {
  let changed: Record<string, unknown> | undefined;
  for (const name of Object.keys(record)) {
    if (typeof record[name] !== "object") continue;
    const item = replaceIn(record[name], replace);
    if (item === record[name]) continue;
    changed ??= { ...record };
    changed[name] = item;
  }
  return changed ?? record;
}

function inMap(map: ReadonlyMap<unknown, unknown>, replace: Replace): ReadonlyMap<unknown, unknown> {
  let same = true;
  const other = new Map<unknown, unknown>();
  for (const [key, value] of map) {
    const [newKey, newValue] = [replaceIn(key, replace), replaceIn(value, replace)];
    same &&= newKey === key && newValue === value;
    other.set(newKey, newValue);
  }
  return same ? map : other;
}

function inSet(set: ReadonlySet<unknown>, replace: Replace): ReadonlySet<unknown> {
  let same = true;
  const other = new Set<unknown>();
  for (const item of set) {
    const newItem = replaceIn(item, replace);
    same &&= newItem === item;
    other.add(newItem);
  }
  return same ? set : other;
}
