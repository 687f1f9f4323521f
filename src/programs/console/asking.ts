// What every part below /api is served with, and how it asks the broker.
import { Fault, type Clock } from '#base'
import { messages, type Channel, type MessageName, type ReplyOf, type RequestOf } from '#wire'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Board } from './board.ts'
import type { PublishedLog } from './published.ts'
import type { Sessions } from './sessions.ts'

export interface Desk {
  readonly sessions: Sessions
  readonly board: Board
  readonly broker: Pick<Channel, 'ask'>
  readonly clock: Clock
  readonly published: PublishedLog
}

export interface Call {
  readonly desk: Desk
  readonly request: IncomingMessage
  readonly response: ServerResponse
  /** What the path names, or an empty text. */
  readonly id: string
}

/** The broker answers within this time, or the page is told that it does not. */
const patience = 10_000

/** Asks the broker. What a page sent is checked here first: a wrong shape on the wire would end our connection. */
export async function ask<Name extends MessageName>(
  desk: Desk,
  name: Name,
  request: unknown,
): Promise<ReplyOf<Name>> {
  if (!isRequest(name, request)) throw new Fault('message-invalid', `what the page asks is no ${name}`)
  return desk.broker.ask(name, request, { within: patience })
}

function isRequest<Name extends MessageName>(name: Name, request: unknown): request is RequestOf<Name> {
  return messages[name].request.safeParse(request).success
}
