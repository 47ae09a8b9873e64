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
  const data = withoutNulls(value) as Envelope;
  return typeof data.tool === 'string' ? data : undefined;
}

/** What is not there is absent: views need not tell null from undefined. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.filter((item) => item !== null).map(withoutNulls);
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).filter(([, field]) => field !== null);
  return Object.fromEntries(fields.map(([name, field]) => [name, withoutNulls(field)]));
}
