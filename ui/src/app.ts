// The page: one screen per answer, the newest on top. Knows the host only through `Host`.

import { h } from './dom';
import { redrawCharts } from './charts/series';
import { clock, offsetOf, range as rangeText } from './format';
import { READS } from './generated/answers';
import { isLink, type Arguments, type Envelope, type Page } from './page';
import { Host, type Call, type DisplayMode, type HostContext } from './protocol';
import { read, type Read } from './reader';
import { t, useLocale } from './text';
import { applyTheme } from './theme';
import { viewOf } from './views';
import { generic } from './views/generic';

interface Screen {
  tool: string;
  args: Arguments;
  /** Absent while the answer is awaited. */
  read?: Read | { kind: 'cancelled' };
  call?: Call;
}

export class App {
  private readonly screens: Screen[] = [{ tool: '', args: {} }];
  private host: Host | undefined;
  private context: HostContext = {};
  private described = '';

  constructor(private readonly root: HTMLElement) {
    useLocale(navigator.language);
  }

  /** Draws data that is part of the page itself: a report in a file. */
  show(screens: Envelope[], locale: string | undefined): void {
    if (locale) useLocale(locale);
    document.documentElement.dataset['report'] = '';
    const sections = screens.map((data) => {
      const screen: Screen = { tool: data.tool, args: {}, read: { kind: 'data', data } };
      const body = this.body(screen);
      return h('section', { class: 'screen' }, this.header(screen, false), body, this.footer(screen, body));
    });
    this.root.replaceChildren(...sections);
    // Charts have the colours of the text around them, also on paper and after a change of the system's theme.
    const print = matchMedia('print');
    const redraw = () => redrawCharts(print.matches);
    for (const query of [print, matchMedia('(prefers-color-scheme: dark)')]) query.addEventListener('change', redraw);
  }

  /** Connects to the host and draws what it sends. */
  async connect(): Promise<void> {
    const first = this.screens[0]!;
    const host = new Host({
      input: (args) => {
        first.args = args;
      },
      result: (result) => {
        first.read = read(result);
        if (first.read.kind === 'data') first.tool = first.read.data.tool;
        this.screens.length = 1;
        this.draw();
      },
      cancelled: () => {
        first.read = { kind: 'cancelled' };
        this.draw();
      },
      context: (changed) => {
        this.context = { ...this.context, ...changed };
        this.contextChanged();
      },
      teardown: () => this.screens.forEach((screen) => screen.call?.cancel()),
    });
    this.host = host;
    this.draw();
    this.context = await host.connect();
    first.tool ||= this.context.toolInfo?.tool?.name ?? '';
    this.contextChanged();
    this.reportSize();
  }

  private contextChanged(): void {
    applyTheme(this.context);
    if (this.context.locale) useLocale(this.context.locale);
    this.draw();
  }

  private reportSize(): void {
    let last = '';
    const observer = new ResizeObserver(() => {
      const { width, height } = this.root.getBoundingClientRect();
      const size = `${Math.ceil(width)} ${Math.ceil(height)}`;
      if (size === last) return;
      last = size;
      this.host?.resized(Math.ceil(width), Math.ceil(height));
    });
    observer.observe(this.root);
  }

  private get top(): Screen {
    return this.screens[this.screens.length - 1]!;
  }

  private open(tool: string, args: Arguments): void {
    if (!this.host || !READS.has(tool)) return;
    const call = this.host.call(tool, args);
    const screen: Screen = { tool, args, call };
    this.screens.push(screen);
    this.draw();
    call.result.then(
      (result) => (screen.read = read(result)),
      (error: Error) => {
        screen.read = error.message === 'cancelled' ? { kind: 'cancelled' } : { kind: 'error', text: error.message };
      },
    ).finally(() => {
      screen.call = undefined;
      if (this.top === screen) this.draw();
    });
  }

  private back(): void {
    this.top.call?.cancel();
    if (this.screens.length > 1) this.screens.pop();
    this.draw();
  }

  private draw(): void {
    const screen = this.top;
    const body = this.body(screen);
    this.root.replaceChildren(h('section', { class: 'screen' }, this.header(screen, true), body, this.footer(screen, body)));
    this.describe(screen);
  }

  /** One line for the model: which call's answer the user looks at. */
  private describe(screen: Screen): void {
    if (!this.host?.capabilities.updateModelContext || screen.read?.kind !== 'data') return;
    const line = `The user is looking at the answer of ${callText(screen)}`;
    if (line === this.described) return;
    this.described = line;
    this.host.describe(line).catch(() => {});
  }

  private header(screen: Screen, live: boolean): HTMLElement {
    const data = screen.read?.kind === 'data' ? screen.read.data : undefined;
    const range = data?.range;
    const badge = (text: string, kind: string) => h('span', { class: `badge ${kind}` }, text);
    const meta = [
      data?.project && h('span', { class: 'project' }, data.project),
      range && h('span', null, rangeText(range.from, range.to, range.offset)),
      range?.partial && badge(t('partial'), 'quiet'),
      data?.simulated && badge(t('simulated'), 'simulated'),
      data?.truncated && badge(t('truncated'), 'quiet'),
    ];
    return h(
      'header',
      { class: 'head' },
      live && this.screens.length > 1 &&
        h('button', { class: 'icon', click: () => this.back(), 'aria-label': t('back'), title: t('back') }, '←'),
      h('div', { class: 'titles' }, h('h1', null, title(screen.tool)), h('p', { class: 'meta' }, meta)),
      live && h('div', { class: 'tools' }, this.controls(screen)),
    );
  }

  private controls(screen: Screen): HTMLElement[] {
    const controls: HTMLElement[] = [];
    if (this.host?.capabilities.message && screen.read?.kind === 'data') {
      const text = () => t('explainMessage', { call: callText(screen) });
      controls.push(h('button', { class: 'quiet', click: () => this.ask(text()) }, t('explain')));
    }
    const mode = this.context.displayMode ?? 'inline';
    const other: DisplayMode = mode === 'fullscreen' ? 'inline' : 'fullscreen';
    if (this.context.availableDisplayModes?.includes(other)) {
      const label = t(other);
      const change = async () => {
        this.context = { ...this.context, displayMode: await this.host!.display(other) };
        this.draw();
      };
      const press = () => void change().catch(() => {});
      controls.push(h('button', { class: 'icon', click: press, 'aria-label': label, title: label }, mode === 'fullscreen' ? '⤡' : '⤢'));
    }
    return controls;
  }

  private body(screen: Screen): Node {
    const { read: got } = screen;
    if (!got) {
      return h(
        'div',
        { class: 'waiting', role: 'status' },
        h('span', { class: 'spinner', 'aria-hidden': 'true' }),
        t('waiting'),
        screen.call && h('button', { class: 'quiet', click: () => this.back() }, t('cancel')),
      );
    }
    switch (got.kind) {
      case 'cancelled':
        return h('p', { class: 'empty', role: 'status' }, t('cancelled'));
      case 'error':
        return h('div', { class: 'failure', role: 'alert' }, h('strong', null, t('failed')), h('pre', null, got.text));
      case 'text':
        return got.text ? h('pre', { class: 'reply' }, got.text) : h('p', { class: 'empty' }, t('noAnswer'));
      case 'data':
        return this.view(screen, got.data);
    }
  }

  private view(screen: Screen, data: Envelope): Node {
    const page = this.page(screen, data);
    const { answer } = data;
    if (answer === undefined) return h('p', { class: 'empty' }, t('noAnswer'));
    try {
      return viewOf(data.tool)(answer as never, page);
    } catch (error) {
      // An answer of another version may lack what a view relies on: its plain form is still there.
      console.warn(error);
      return generic(answer as never, page);
    }
  }

  private page(screen: Screen, data: Envelope): Page {
    const host = this.host;
    const withProject = (args: Arguments) => (data.project ? { project: data.project, ...args } : args);
    return {
      data,
      args: screen.args,
      can: {
        call: host?.capabilities.serverTools !== undefined,
        message: host?.capabilities.message !== undefined,
        links: host?.capabilities.openLinks !== undefined,
      },
      open: (tool, args) => this.open(tool, withProject(args)),
      fetch: async (tool, args) => {
        if (!host || !READS.has(tool)) throw new Error(t('failed'));
        const got = read(await host.call(tool, withProject(args)).result);
        if (got.kind === 'data') return got.data as Envelope<never>;
        throw new Error(got.text || t('failed'));
      },
      ask: (text) => this.ask(text),
      openLink: (url) => {
        if (isLink(url)) host?.openLink(url).catch(() => {});
      },
    };
  }

  private ask(text: string): void {
    this.host?.message(text).catch(() => {});
  }

  private footer(screen: Screen, body: Node): Node | null {
    if (screen.read?.kind !== 'data') return null;
    const { data } = screen.read;
    const page = this.page(screen, data);
    const { notes = [], next = [], as_of: at } = data;
    const offset = zone(data) ?? (at ? offsetOf(this.context.timeZone, at) : '+00:00');
    // What the view has a button for is not offered twice.
    const offers = (tool: string) => body instanceof Element && [...body.querySelectorAll('[data-opens]')].some((one) => one.getAttribute('data-opens') === tool);
    const step = ({ tool, arguments: args }: { tool: string; arguments: Arguments }) =>
      page.can.call && READS.has(tool) && !offers(tool) && h('button', { click: () => page.open(tool, args) }, `${title(tool)} →`);
    const steps = next.map(step).filter(Boolean);
    return h(
      'footer',
      { class: 'foot' },
      steps.length > 0 && h('div', { class: 'next' }, steps),
      notes.length > 0 && h('ul', { class: 'notes', 'aria-label': t('notes') }, notes.map((note) => h('li', null, t.phrase(note)))),
      at && h('p', { class: 'as-of' }, t('asOf', { at: `${clock(at, offset)} ${offset === '+00:00' ? 'UTC' : offset}` })),
    );
  }
}

/** The offset in which an answer writes its times, where it writes any. */
const zone = (data: Envelope): string | undefined => data.range?.offset ?? offsetIn(data.answer);

function offsetIn(value: unknown): string | undefined {
  if (typeof value === 'string') return /T\d\d:\d\d:\d\d([+-]\d\d:\d\d)$/.exec(value)?.[1];
  if (typeof value !== 'object' || value === null) return undefined;
  for (const field of Object.values(value)) {
    const found = offsetIn(field);
    if (found) return found;
  }
  return undefined;
}

/** A call as the model writes it, with ids and settings only. */
function callText({ tool, args, read: got }: Screen): string {
  const data = got?.kind === 'data' ? got.data : undefined;
  const own = Object.fromEntries(Object.entries(args).filter(([, value]) => value !== undefined && value !== null));
  const project = data?.project && !('project' in own) ? { project: data.project } : {};
  return `${tool} ${JSON.stringify({ ...project, ...own })}`;
}

function title(tool: string): string {
  const own = t.tool(tool);
  if (own) return own;
  const words = tool.replace(/^(crashsight|agora|getui)_((get|list|search|count|read)_)?/, '').replaceAll('_', ' ');
  return words ? words.charAt(0).toUpperCase() + words.slice(1) : 'CrashSight';
}
