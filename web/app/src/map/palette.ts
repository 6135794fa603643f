import type { Theme } from '../url.ts';

/** Colours of the quiet base map and of the marks that are not statuses. */
export interface Palette {
  readonly ground: string;
  readonly water: string;
  readonly green: string;
  readonly roadCase: string;
  readonly arterial: string;
  readonly street: string;
  readonly rail: string;
  readonly border: string;
  readonly quietText: string;
  readonly waterText: string;
  readonly text: string;
  readonly line: string;
  readonly faint: string;
  /** The outline of what is selected is two-toned, for it must show on every fill. */
  readonly select: string;
  readonly selectCase: string;
  readonly hover: string;
  readonly flash: string;
}

export const PALETTES: Readonly<Record<Theme, Palette>> = {
  light: {
    ground: '#F7F6F2',
    water: '#D3E3EA',
    green: '#E2EBD8',
    roadCase: '#DCD8CB',
    arterial: '#FFFFFF',
    street: '#EBE8DE',
    rail: '#BDB8A9',
    border: '#9A9482',
    quietText: '#6B6758',
    waterText: '#4C7486',
    text: '#1E2227',
    line: '#333333',
    faint: '#8C8778',
    select: '#111111',
    selectCase: '#FFFFFF',
    hover: '#111111',
    flash: '#E0127A',
  },
  dark: {
    ground: '#1B1F27',
    water: '#1C3140',
    green: '#21322B',
    roadCase: '#12151B',
    arterial: '#3C4450',
    street: '#2A303A',
    rail: '#4A515E',
    border: '#727C8C',
    quietText: '#9AA3B0',
    waterText: '#7FB0C8',
    text: '#F0F2F5',
    line: '#F2F2F2',
    faint: '#7C8796',
    select: '#FFFFFF',
    selectCase: '#000000',
    hover: '#FFFFFF',
    flash: '#FF7AC0',
  },
};
