// Turns a tool result of any quality into an envelope, a text or an error.

import type { Envelope } from './page';
import type { ToolResult } from './protocol';

export type Read =
  | { kind: 'data'; data: Envelope }
  | { kind: 'text'; text: string }
  | { kind: 'error'; text: string };

export function read(result: ToolResult): Read {
  const parts = Array.isArray(result.content) ? result.content : [];
  const text = parts.map((part) => (typeof part?.text === 'string' ? part.text : '')).join('\n').trim();
  if (result.isError) return { kind: 'error', text };
  const data = envelope(result.structuredContent);
  return data ? { kind: 'data', data } : { kind: 'text', text };
}

export function envelope(value: unknown): Envelope | undefined {
  if (typeof value !== 'object' || value === null || !('tool' in value)) return undefined;
  dropNulls(value);
  const data = value as Envelope;
  return typeof data.tool === 'string' ? data : undefined;
}

/** What is not there is absent: views need not tell null from undefined. In place, for a long list is not worth a copy. */
function dropNulls(value: object): void {
  if (Array.isArray(value)) {
    let kept = 0;
    for (const item of value) {
      if (item === null) continue;
      if (typeof item === 'object') dropNulls(item);
      value[kept++] = item;
    }
    value.length = kept;
    return;
  }
  const fields = value as Record<string, unknown>;
  for (const name of Object.keys(fields)) {
    const field = fields[name];
    if (field === null) delete fields[name];
    else if (typeof field === 'object') dropNulls(field);
  }
}
