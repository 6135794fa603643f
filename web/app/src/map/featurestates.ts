import type { Map as GlMap } from 'maplibre-gl';
import { MACHINE_OF } from '../catalogue.ts';
import type { LiveChange } from '../live.ts';
import { LAND } from './options.ts';
import { HISTORY_FIELDS, historyState } from './past.ts';
import { keyOf, same, sourceLayers, type Target, unkey } from './target.ts';

/** What the style reads of a thing that changed, in place of what its tile says. */
type Told = Readonly<Record<string, string | number | boolean>>;

const FLASH_MS = 1_400;
const LIVE_FIELDS = ['status', 'gone', ...HISTORY_FIELDS];

/** What the map knows of single features beside their tiles: what the stream told, and the marks on them. */
export class FeatureStates {
  private readonly map: GlMap;
  private readonly told = new Map<string, Told>();
  // What gives way to the tiles that are being read.
  private outdated: readonly (readonly [string, Told])[] = [];
  private readonly flashing = new Map<string, ReturnType<typeof setTimeout>>();
  private selected: readonly Target[] = [];
  private hover: Target | null = null;
  // Between the loss of the drawing context and its return there is no style to speak to.
  private standing = true;

  constructor(map: GlMap) {
    this.map = map;
  }

  /** Marks these and no others. */
  select(targets: readonly Target[]): void {
    for (const t of this.selected) this.flag(t, 'sel', false);
    this.selected = targets;
    for (const t of targets) this.flag(t, 'sel', true);
  }

  highlight(target: Target | null): void {
    if (same(this.hover, target)) return;
    if (this.hover) this.flag(this.hover, 'hover', false);
    this.hover = target;
    if (target) this.flag(target, 'hover', true);
  }

  /** Draws a thing as the stream told it; flash shows that it was this one. */
  change(c: LiveChange, flash: boolean): void {
    if (!(c.layer in MACHINE_OF)) return;
    const target = { layer: c.layer, fid: c.id } as Target;
    const told = c.gone
      ? { gone: true }
      : { gone: false, status: c.status, ...(c.h === '' ? {} : historyState(c.h, c.t)) };
    this.told.set(keyOf(target), told);
    this.paint(target, told);
    if (flash && !c.gone) this.flash(target);
  }

  gone(target: Target): boolean {
    return this.told.get(keyOf(target))?.gone === true;
  }

  /** Everything is being read again: giveUp gives up what was told until now. */
  outdate(): void {
    this.outdated = [...this.told];
  }

  /** The tiles that were being read are in: what they say counts, but for what was told after they were asked for. */
  giveUp(): void {
    const before = this.outdated;
    this.outdated = [];
    for (const [key, told] of before) {
      if (this.told.get(key) !== told) continue;
      this.told.delete(key);
      const target = unkey(key);
      for (const sourceLayer of sourceLayers(target.layer)) {
        for (const field of LIVE_FIELDS)
          this.map.removeFeatureState({ source: LAND, sourceLayer, id: target.fid }, field);
      }
    }
  }

  /** The drawing context is lost, and all feature state with it. */
  lost(): void {
    this.standing = false;
  }

  restore(): void {
    this.standing = true;
    for (const [key, told] of this.told) this.paint(unkey(key), told);
    for (const t of this.selected) this.flag(t, 'sel', true);
    if (this.hover) this.flag(this.hover, 'hover', true);
  }

  end(): void {
    for (const timer of this.flashing.values()) clearTimeout(timer);
  }

  private paint(target: Target, told: Told): void {
    if (!this.standing) return;
    for (const sourceLayer of sourceLayers(target.layer))
      this.map.setFeatureState({ source: LAND, sourceLayer, id: target.fid }, told);
  }

  private flash(target: Target): void {
    const key = keyOf(target);
    clearTimeout(this.flashing.get(key));
    this.flag(target, 'flash', true);
    const end = () => {
      this.flashing.delete(key);
      this.flag(target, 'flash', false);
    };
    this.flashing.set(key, setTimeout(end, FLASH_MS));
  }

  private flag(target: Target, name: 'sel' | 'hover' | 'flash', value: boolean): void {
    if (!this.standing) return;
    const feature = { source: LAND, sourceLayer: target.layer, id: target.fid };
    this.map.setFeatureState(feature, { [name]: value });
  }
}
