import { stripVTControlCharacters } from 'node:util'

// Control characters, line separators, and the marks that turn the direction of text around.
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]+/g

/** The segment behind `/rest/USER_ID/` is the code of a webhook, whoever quoted the address. */
const WEBHOOK_CODE = /(\/rest\/\d+\/)[^/\s"']+/g

/**
 * Text as it may be shown: on one line, unable to drive a terminal, without a webhook's code. What a portal or a file
 * says is data, and data must not paint the screen.
 */
export function cleanText(text: string): string {
  return stripVTControlCharacters(text).replace(UNPRINTABLE, ' ').replace(WEBHOOK_CODE, '$1***').trim()
}
