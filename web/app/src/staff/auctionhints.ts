import { addDays, daysBetween, type DayText, isDay } from './days.ts';
import { plainNumber, type Values } from './formvalues.ts';

// Order 39 of 2007 and the practice of the land market; the server has the last word.
const NOTICE_DAYS = 20;
const LISTING_DAYS = 10;
const DEPOSIT_SHARE = 0.2;

/** What an auction's dates and prices come to while they are typed, by input. */
export interface AuctionHint {
  readonly field: string;
  readonly kind: 'earliest' | 'notice' | 'shortest' | 'listing' | 'deposit' | 'end';
  readonly days?: number;
  readonly day?: DayText;
  /** Of the start price, in percent. */
  readonly share?: number;
  readonly warn: boolean;
}

/** Reads the hints out of an announcement's values. */
export function auctionHints(v: Values): readonly AuctionHint[] {
  return [...noticeHints(v), ...listingHints(v), ...endHints(v), ...depositHints(v)];
}

function noticeHints(v: Values): AuctionHint[] {
  const [notice = '', from = ''] = [v.notice_on, v.list_from];
  if (!isDay(notice)) return [];
  const day = addDays(notice, NOTICE_DAYS);
  if (!isDay(from)) return [{ field: 'list_from', kind: 'earliest', day, warn: false }];
  const days = daysBetween(notice, from);
  return [{ field: 'list_from', kind: 'notice', days, day, warn: days < NOTICE_DAYS }];
}

function listingHints(v: Values): AuctionHint[] {
  const [from = '', to = ''] = [v.list_from, v.list_to];
  if (!isDay(from) || (v.mode && v.mode !== 'listing')) return [];
  const day = addDays(from, LISTING_DAYS);
  if (!isDay(to)) return [{ field: 'list_to', kind: 'shortest', day, warn: false }];
  const days = daysBetween(from, to);
  return [{ field: 'list_to', kind: 'listing', days, day, warn: days < LISTING_DAYS }];
}

function endHints(v: Values): AuctionHint[] {
  const end = v.list_to || v.list_from || '';
  const late = (field: string, until: string): AuctionHint[] => {
    const mine = v[field] ?? '';
    return isDay(mine) && isDay(until) && mine > until
      ? [{ field, kind: 'end', day: until, warn: true }]
      : [];
  };
  return [...late('apply_from', v.list_from ?? ''), ...late('files_from', end), ...late('deposit_by', end)];
}

function depositHints(v: Values): AuctionHint[] {
  const [start, deposit] = [v.start_wan, v.deposit_wan].map((t) => Number(plainNumber(t ?? '')));
  if (!start || !deposit || start <= 0) return [];
  const share = (deposit / start) * 100;
  return [{ field: 'deposit_wan', kind: 'deposit', share, warn: deposit < start * DEPOSIT_SHARE }];
}
