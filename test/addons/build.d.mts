export function buildAddon(name: string): { file: string; remove(): void } | undefined;
