import type { ReactiveController, ReactiveControllerHost } from "lit";

/** A pointer that only passes over a marker opens nothing. */
const OPEN_AFTER_MS = 80;
/** Time to move the pointer from the marker into the quote (WCAG 1.4.13: it can be hovered). */
const CLOSE_AFTER_MS = 250;
/** Distances from marker and window's edge, in CSS pixels. */
const GAP_PX = 6;
const EDGE_PX = 8;

const DESCRIBED_BY = "aria-describedby";

/**
 * Shows the quote of a marker that is hovered, focused or touched, near it and inside the window; hides it on Escape, and when
 * pointer and focus have left marker and quote.
 */
export class QuotePopover implements ReactiveController {
  /** The marker whose quote is shown. */
  shown: HTMLElement | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly host: ReactiveControllerHost & { renderRoot: HTMLElement | DocumentFragment }) {
    host.addController(this);
  }

  hostDisconnected(): void {
    this.hide();
  }

  hostUpdated(): void {
    const box = this.box();
    if (box === null) return;
    // In the top layer nothing clips it; browsers that do not know popovers have position: fixed.
    if (this.shown !== null && !this.shown.isConnected) this.shown = null;
    box.classList.toggle("shown", this.shown !== null);
    if ("showPopover" in box && box.matches(":popover-open") !== (this.shown !== null)) box.togglePopover();
    if (this.shown !== null) place(box, this.shown.getBoundingClientRect());
  }

  /** For `pointerover`, `pointerout`, `focusin` and `focusout` inside the conversation and the popover itself. */
  readonly follow = (event: Event): void => {
    const target = event.target as HTMLElement;
    const marker = target.closest<HTMLElement>(".marker");
    const inside = target.closest(".popover") !== null;
    clearTimeout(this.timer);
    if (event.type === "focusin" && marker !== null) {
      if (marker.matches(":focus-visible")) this.show(marker);
    } else if (event.type === "pointerover" && marker !== null) {
      if ((event as PointerEvent).pointerType !== "touch")
        this.timer = setTimeout(() => this.show(marker), OPEN_AFTER_MS);
    } else if (event.type === "focusout") {
      const to = (event as FocusEvent).relatedTarget as HTMLElement | null;
      if (to?.closest(".marker, .popover") == null) this.hide();
    } else if (this.shown !== null && (!inside || event.type === "pointerout")) {
      this.timer = setTimeout(() => this.hide(), CLOSE_AFTER_MS);
    }
  };

  show(marker: HTMLElement): void {
    clearTimeout(this.timer);
    this.shown?.removeAttribute(DESCRIBED_BY);
    marker.setAttribute(DESCRIBED_BY, "quote");
    this.shown = marker;
    this.host.requestUpdate();
  }

  /** After an area was scrolled, as it is for a marker that is focused: the quote goes with its marker, and out of sight with it. */
  keepUp(area: Element): void {
    if (this.shown === null) return;
    const { top, bottom } = this.shown.getBoundingClientRect();
    const seen = area.getBoundingClientRect();
    if (bottom < seen.top || top > seen.bottom) this.hide();
    else this.host.requestUpdate();
  }

  /** @returns whether there was something to hide */
  hide(): boolean {
    clearTimeout(this.timer);
    if (this.shown === null) return false;
    const marker = this.shown;
    marker.removeAttribute(DESCRIBED_BY);
    // Focus inside what is hidden would be lost.
    if (this.box()?.matches(":focus-within") === true) marker.focus();
    this.shown = null;
    this.host.requestUpdate();
    return true;
  }

  private box(): HTMLElement | null {
    return this.host.renderRoot?.querySelector<HTMLElement>(".popover") ?? null;
  }
}

/**
 * Above the marker where there is room, so that the pointer's way to the next marker is free; else below it. Set through the
 * style object, which a strict policy (CSP) allows.
 */
function place(box: HTMLElement, marker: DOMRect): void {
  const { offsetWidth: width, offsetHeight: height } = box;
  const left = marker.left + marker.width / 2 - width / 2;
  const above = marker.top - height - GAP_PX;
  const top = above >= EDGE_PX ? above : Math.min(marker.bottom + GAP_PX, window.innerHeight - height - EDGE_PX);
  const mostLeft = document.documentElement.clientWidth - width - EDGE_PX;
  box.style.left = `${Math.max(EDGE_PX, Math.min(left, mostLeft))}px`;
  box.style.top = `${Math.max(EDGE_PX, top)}px`;
}
