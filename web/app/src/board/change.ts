/**
 * What a figure has changed by, written as the figure itself is and with a sign that is the same in both
 * languages; same where what is written would be that of nothing.
 */
export function changeIn(n: number, write: (n: number) => string, same: string): string {
  const text = write(Math.abs(n));
  return text === write(0) ? same : `${n > 0 ? '+' : '−'}${text}`;
}
