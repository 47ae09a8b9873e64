// A host of MCP Apps for tests: the official `app-bridge` around a sandboxed frame, driven from outside.

import { AppBridge, PostMessageTransport } from '@modelcontextprotocol/ext-apps/app-bridge';

type Context = ConstructorParameters<typeof AppBridge>[3] extends infer O ? NonNullable<O extends { hostContext?: infer C } ? C : never> : never;
type Params = Record<string, unknown>;

declare global {
  interface Window {
    /** Calls a tool of the real server. */
    callTool(params: Params): Promise<never>;
    host: typeof host;
  }
}

const seen = { initialized: 0, sizes: [] as Params[], messages: [] as unknown[], models: [] as unknown[], calls: [] as Params[], links: [] as Params[] };
let bridge: AppBridge;
let held: ((value: unknown) => void)[] = [];

const host = {
  seen,
  /** Shows the page in a frame that may run scripts and nothing else. */
  async open(url: string, hostContext: Context, bare = false): Promise<void> {
    const frame = document.createElement('iframe');
    frame.setAttribute('sandbox', 'allow-scripts');
    const all = { openLinks: {}, serverTools: {}, message: { text: {} }, updateModelContext: { text: {} }, logging: {} };
    bridge = new AppBridge(null, { name: 'test-host', version: '1' }, bare ? {} : all, { hostContext });
    const ready = new Promise<void>((resolve) => {
      bridge.oninitialized = () => {
        seen.initialized += 1;
        resolve();
      };
    });
    bridge.onsizechange = (size) => {
      seen.sizes.push(size);
      if (size.height) frame.style.height = `${size.height}px`;
    };
    bridge.onmessage = async (message) => {
      seen.messages.push(message.content);
      return {};
    };
    bridge.onupdatemodelcontext = async (update) => {
      seen.models.push(update.content);
      return {};
    };
    bridge.onopenlink = async (link) => {
      seen.links.push(link);
      return {};
    };
    bridge.onrequestdisplaymode = async ({ mode }) => {
      await bridge.sendHostContextChange({ displayMode: mode });
      return { mode };
    };
    bridge.oncalltool = async (params, extra) => {
      seen.calls.push(params as Params);
      if (host.hold) {
        const aborted = new Promise((resolve) => extra.mcpReq?.signal?.addEventListener('abort', resolve));
        await Promise.race([aborted, new Promise((resolve) => held.push(resolve))]);
      }
      return host.answer === undefined ? window.callTool(params as Params) : (host.answer as never);
    };
    document.body.append(frame);
    await bridge.connect(new PostMessageTransport(frame.contentWindow!, frame.contentWindow!));
    frame.src = url;
    await ready;
  },
  /** While set, calls of the page wait. */
  hold: false,
  /** While set, it is the answer of every call. */
  answer: undefined as unknown,
  release(): void {
    host.hold = false;
    for (const resolve of held) resolve(undefined);
    held = [];
  },
  input: (toolArguments: Params) => bridge.sendToolInput({ arguments: toolArguments }),
  result: (result: Params) => bridge.sendToolResult(result as never),
  cancelled: (reason: string) => bridge.sendToolCancelled({ reason }),
  context: (changed: Context) => bridge.sendHostContextChange(changed),
  teardown: () => bridge.teardownResource({}),
};

window.host = host;
