export const page: string;
export function fillPage(text: string): string;
