/** A rate in percent, rounded for a reader as the server rounds it (geo.ShownRate): what is
 * not complete is never told as 100, and what has begun never as 0. */
export function shownRate(rate: number, decimals = 1): number {
  const scale = 10 ** decimals;
  const shown = Math.round(rate * scale) / scale;
  if (rate < 100 && shown >= 100) return (100 * scale - 1) / scale;
  if (rate > 0 && shown <= 0) return 1 / scale;
  return shown;
}
