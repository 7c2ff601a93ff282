import { useLayoutEffect, useState } from "preact/hooks";

/** Whether a media query fits now. */
export function useMedia(query: string): boolean {
  const [fits, set] = useState(() => matchMedia(query).matches);
  useLayoutEffect(() => {
    const list = matchMedia(query);
    const look = () => set(list.matches);
    look();
    list.addEventListener("change", look);
    return () => list.removeEventListener("change", look);
  }, [query]);
  return fits;
}
