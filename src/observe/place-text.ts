/** Where something was, for people: its path, and its key where the path does not end with it. */
export function placeText({ path, key }: { readonly path: string; readonly key?: string | undefined }): string {
  return key === undefined || path.endsWith(`/${key}`) ? path : `${path}[${key}]`;
}
