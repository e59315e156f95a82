// Which rows of a long list are in the page: those on the screen and some around them. Loaded with the first long list.
// Where they stand is measured by @tanstack/virtual-core; headings stay in the page, so they may stick.
import {
  defaultRangeExtractor, measureElement, observeWindowOffset, observeWindowRect, Virtualizer, windowScroll, type VirtualizerOptions,
} from "@tanstack/virtual-core";
import { isHeading } from "../logic/groups.ts";
import { drawn } from "./drawn.ts";

/** Rows on either side of the screen; what is scrolled to is drawn in the same frame, so few will do. */
const overscan = 4;

export class RowWindow {
  readonly #virtualizer: Virtualizer<Window, HTMLElement>;
  readonly #list: HTMLElement;
  readonly #changed: () => void;
  readonly #leave: () => void;
  #keys: readonly string[] = [];
  /** The same as long as the keys are: with another one all that was measured is added up again. */
  #keyOf = (index: number): string | number => this.#keys[index] ?? index;
  #kept = -1;
  /** Where the list begins in the page. */
  #top: number;
  #following = false;
  /** How high rows and headings are taken to be until they are measured: as the first ones mostly are. What is taken wrongly is drawn twice. */
  readonly #guess: { row: number; heading: number };

  constructor(list: HTMLElement, changed: () => void) {
    this.#list = list;
    this.#changed = changed;
    this.#top = this.#place();
    this.#guess = { row: middle(heights(list, "li[data-index]")) ?? 60, heading: middle(heights(list, "h2[data-index]")) ?? 50 };
    this.#virtualizer = new Virtualizer(this.#options());
    this.#leave = this.#virtualizer._didMount();
    this.#virtualizer._willUpdate();
  }

  #place(): number {
    return this.#list.getBoundingClientRect().top + window.scrollY;
  }

  #guessed(index: number): number {
    return isHeading(String(this.#keyOf(index))) ? this.#guess.heading : this.#guess.row;
  }

  #options(): VirtualizerOptions<Window, HTMLElement> {
    return {
      count: this.#keys.length,
      getScrollElement: () => window,
      estimateSize: (index) => this.#guessed(index),
      getItemKey: this.#keyOf,
      // The library asks at once and again when the browser has laid the row out, in the same frame: that will do.
      measureElement: (element, entry, virtualizer) => {
        const index = virtualizer.indexFromElement(element);
        return entry === undefined ? (virtualizer.itemSizeCache.get(this.#keyOf(index)) ?? this.#guessed(index)) : measureElement(element, entry, virtualizer);
      },
      overscan,
      scrollMargin: this.#top,
      initialRect: { width: window.innerWidth, height: window.innerHeight },
      initialOffset: () => window.scrollY,
      // The row that has the focus stays, however far it is scrolled away.
      rangeExtractor: (range) => {
        const indexes = defaultRangeExtractor(range);
        return this.#kept === -1 || indexes.includes(this.#kept) ? indexes : [...indexes, this.#kept].toSorted((one, other) => one - other);
      },
      observeElementRect: observeWindowRect,
      observeElementOffset: observeWindowOffset,
      scrollToFn: windowScroll,
      onChange: () => { this.#changed(); },
    };
  }

  /** The indexes to show of these keys, headings and rows in their order; `kept` is shown whatever is on the screen. */
  shown(keys: readonly string[], kept: number): readonly number[] {
    if (keys !== this.#keys) {
      this.#keys = keys;
      this.#keyOf = (index) => keys[index] ?? index;
    }
    this.#kept = kept;
    this.#virtualizer.setOptions(this.#options());
    return this.#virtualizer.getVirtualIndexes();
  }

  /** How high what lies from one index up to another is, without the other. */
  height(from: number, to: number): number {
    const [first, last] = [this.#virtualizer.measurementsCache[from], this.#virtualizer.measurementsCache[to - 1]];
    return first && last && to > from ? last.end - first.start : 0;
  }

  /** Measures what is in the page now, by `data-index`: once it is laid out, since to ask before would lay it out twice. */
  measure(): void {
    void this.#follow();
    for (const element of this.#list.querySelectorAll<HTMLElement>("[data-index]")) this.#virtualizer.measureElement(element);
  }

  /** What stands above the list may have grown with it. */
  async #follow(): Promise<void> {
    if (this.#following) return;
    this.#following = true;
    await drawn();
    this.#following = false;
    const top = this.#place();
    if (top === this.#top || !this.#list.isConnected) return;
    this.#top = top;
    this.#changed();
  }

  close(): void {
    this.#leave();
  }
}

/** Rounded as they are measured later. */
function heights(list: HTMLElement, which: string): number[] {
  return [...list.querySelectorAll<HTMLElement>(which)].map((element) => Math.round(element.getBoundingClientRect().height));
}

function middle(values: readonly number[]): number | undefined {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)];
}
