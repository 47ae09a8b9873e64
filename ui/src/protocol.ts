// The page's side of MCP Apps (extension io.modelcontextprotocol/ui, 2026-01-26): JSON-RPC 2.0 over postMessage.

import type {
  McpUiDisplayMode,
  McpUiHostCapabilities,
  McpUiHostContext,
  McpUiInitializeResult,
} from '@modelcontextprotocol/ext-apps';

export type { McpUiDisplayMode as DisplayMode, McpUiHostContext as HostContext };

const VERSION = '2026-01-26';
/** How long a host may take to answer before the page gives up. */
const TIMEOUT_MS = 120_000;

/** A tool's result as hosts hand it over. Nothing in it is trusted to be there. */
export interface ToolResult {
  content?: { type?: string; text?: string }[];
  structuredContent?: unknown;
  isError?: boolean;
}

/** What a host sends without being asked. */
export interface Events {
  input(toolArguments: Record<string, unknown>): void;
  result(result: ToolResult): void;
  cancelled(reason: string | undefined): void;
  context(changed: McpUiHostContext): void;
  teardown(): void;
}

/** A call in progress: its answer, and how to stop it. */
export interface Call {
  result: Promise<ToolResult>;
  cancel(): void;
}

interface Message {
  jsonrpc?: unknown;
  id?: unknown;
  method?: unknown;
  params?: unknown;
  result?: unknown;
  error?: { message?: unknown };
}

interface Waiting {
  resolve(result: unknown): void;
  reject(error: Error): void;
  timer: ReturnType<typeof setTimeout>;
}

/** The host that shows this page. */
export class Host {
  capabilities: McpUiHostCapabilities = {};
  private next = 1;
  private readonly waiting = new Map<number, Waiting>();

  constructor(private readonly events: Events) {
    addEventListener('message', (event) => {
      if (event.source === parent && typeof event.data === 'object' && event.data !== null) {
        this.receive(event.data as Message);
      }
    });
  }

  /** The handshake. Resolves to the context that the host shows the page in. */
  async connect(): Promise<McpUiHostContext> {
    const answered = (await this.request('ui/initialize', {
      protocolVersion: VERSION,
      appInfo: { name: 'crashsight', version: '1' },
      appCapabilities: { availableDisplayModes: ['inline', 'fullscreen'] },
    }).answer) as Partial<McpUiInitializeResult> | undefined;
    this.capabilities = answered?.hostCapabilities ?? {};
    this.notify('ui/notifications/initialized', {});
    return answered?.hostContext ?? {};
  }

  /** Calls a tool of the server through the host. */
  call(name: string, toolArguments: Record<string, unknown>): Call {
    const { id, answer } = this.request('tools/call', { name, arguments: toolArguments });
    const cancel = () => {
      if (this.settle(id, (waiting) => waiting.reject(new Error('cancelled')))) {
        this.notify('notifications/cancelled', { requestId: id, reason: 'closed' });
      }
    };
    return { result: answer as Promise<ToolResult>, cancel };
  }

  /** A turn of the user in the conversation. */
  async message(text: string): Promise<void> {
    await this.request('ui/message', { role: 'user', content: [{ type: 'text', text }] }).answer;
  }

  /** What the user looks at, for the model; replaces what was sent before and takes no turn. */
  async describe(text: string): Promise<void> {
    const content = [{ type: 'text', text }];
    await this.request('ui/update-model-context', { content }).answer;
  }

  async display(mode: McpUiDisplayMode): Promise<McpUiDisplayMode> {
    const answered = await this.request('ui/request-display-mode', { mode }).answer;
    return (answered as { mode?: McpUiDisplayMode } | undefined)?.mode ?? mode;
  }

  async openLink(url: string): Promise<void> {
    await this.request('ui/open-link', { url }).answer;
  }

  resized(width: number, height: number): void {
    this.notify('ui/notifications/size-changed', { width, height });
  }

  private request(method: string, params: object): { id: number; answer: Promise<unknown> } {
    const id = this.next++;
    const answer = new Promise<unknown>((resolve, reject) => {
      const late = () => this.settle(id, () => reject(new Error(`${method}: no answer`)));
      this.waiting.set(id, { resolve, reject, timer: setTimeout(late, TIMEOUT_MS) });
    });
    this.send({ id, method, params });
    return { id, answer };
  }

  private notify(method: string, params: object): void {
    this.send({ method, params });
  }

  // The host's origin is not known to the page; whatever is sent here went through it before.
  private send(message: object): void {
    parent.postMessage({ jsonrpc: '2.0', ...message }, '*');
  }

  private settle(id: number, end: (waiting: Waiting) => void): boolean {
    const waiting = this.waiting.get(id);
    if (!waiting) return false;
    this.waiting.delete(id);
    clearTimeout(waiting.timer);
    end(waiting);
    return true;
  }

  private receive(message: Message): void {
    if (message.jsonrpc !== '2.0') return;
    if (typeof message.method === 'string') {
      const params = (message.params ?? {}) as Record<string, unknown>;
      if (message.id === undefined) this.notified(message.method, params);
      else this.requested(message.id, message.method);
    } else if (typeof message.id === 'number') {
      const { error, result } = message;
      this.settle(message.id, (waiting) => {
        if (error) waiting.reject(new Error(String(error.message ?? 'failed')));
        else waiting.resolve(result);
      });
    }
  }

  private notified(method: string, params: Record<string, unknown>): void {
    switch (method) {
      case 'ui/notifications/tool-input':
        return this.events.input((params['arguments'] ?? {}) as Record<string, unknown>);
      case 'ui/notifications/tool-result':
        return this.events.result(params as ToolResult);
      case 'ui/notifications/tool-cancelled':
        return this.events.cancelled(typeof params['reason'] === 'string' ? params['reason'] : undefined);
      case 'ui/notifications/host-context-changed':
        return this.events.context(params as McpUiHostContext);
    }
  }

  private requested(id: unknown, method: string): void {
    if (method === 'ui/resource-teardown') {
      this.events.teardown();
      this.send({ id, result: {} });
    } else if (method === 'ping') {
      this.send({ id, result: {} });
    } else {
      this.send({ id, error: { code: -32601, message: `unknown method: ${method}` } });
    }
  }
}
