// The host's colours and fonts, and a fallback where it gives none.

import type { HostContext } from './protocol';

export function applyTheme(context: HostContext): void {
  const root = document.documentElement;
  if (context.theme === 'light' || context.theme === 'dark') root.dataset['theme'] = context.theme;
  for (const [name, value] of Object.entries(context.styles?.variables ?? {})) {
    if (name.startsWith('--') && typeof value === 'string') root.style.setProperty(name, value);
  }
  const fonts = context.styles?.css?.fonts;
  if (typeof fonts === 'string') {
    const id = 'host-fonts';
    const style = document.getElementById(id) ?? document.head.appendChild(document.createElement('style'));
    style.id = id;
    style.textContent = fonts;
  }
  const insets = context.safeAreaInsets;
  if (insets) {
    root.style.setProperty('--inset', `${insets.top}px ${insets.right}px ${insets.bottom}px ${insets.left}px`);
  }
  root.dataset['mode'] = context.displayMode ?? 'inline';
}

const probe = document.createElement('i');
probe.hidden = true;

/** A colour of the style sheet for a canvas, which knows neither variables nor `light-dark()`. */
export function color(name: string): string {
  if (!probe.isConnected) document.body.append(probe);
  probe.style.color = `var(--${name})`;
  return getComputedStyle(probe).color;
}

/** The fonts of the page, for a canvas. */
export const fonts = (): string => getComputedStyle(document.body).fontFamily;
