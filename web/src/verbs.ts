// What an assistant wants, and what it wanted.
import type { Card } from '#wire'

/** In the title of a card. */
export const verbs: Readonly<Record<Card['kind'], string>> = {
  read: 'wants to read a file',
  list: 'wants to list a folder',
  edit: 'wants to change a file',
  access: 'wants standing access',
  call: 'wants to send a request',
}

/** In the list of what was answered. */
export const pastVerbs: Readonly<Record<Card['kind'], string>> = {
  read: 'asked to read a file',
  list: 'asked to list a folder',
  edit: 'asked to change a file',
  access: 'asked for standing access',
  call: 'asked to send a request',
}
