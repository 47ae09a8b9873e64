// What a view receives besides its answer: what surrounds the answer, and how to ask further.

import type { Answers } from './generated/answers';

/** What every answer carries. Nothing is trusted to be there: an older or newer server may send it. */
export interface Envelope<A = unknown> {
  tool: string;
  project?: string;
  range?: { from: string; to: string; offset: string; partial: boolean };
  as_of?: string;
  simulated?: boolean;
  truncated?: boolean;
  answer: A;
  notes?: string[];
  next?: { tool: string; arguments: Record<string, unknown> }[];
}

/** What an answer gives as an address is opened only where it is one of the web. */
export const isLink = (url: unknown): url is string => typeof url === 'string' && /^https?:\/\/[^\s/]/i.test(url);

export type Arguments = Record<string, unknown>;
/** The answer part of a tool's data. */
export type Answer<T extends keyof Answers> = NonNullable<Answers[T] extends { answer?: infer A } ? A : never>;

export interface Page {
  readonly data: Envelope;
  /** The arguments of the call that `data` answers, where they are known. */
  readonly args: Arguments;
  /** What the host allows: without it, a view draws no control that would need it. */
  readonly can: { readonly call: boolean; readonly message: boolean; readonly links: boolean };
  /** Opens the answer of a tool that only reads, above this one. */
  open(tool: string, args: Arguments): void;
  /** The data of a tool that only reads, to add to this view. */
  fetch<T extends keyof Answers>(tool: T, args: Arguments): Promise<Envelope<Answer<T>>>;
  /** Sends a message to the conversation, as the user. */
  ask(text: string): void;
  openLink(url: string): void;
}

export type View = (answer: never, page: Page) => Node;
