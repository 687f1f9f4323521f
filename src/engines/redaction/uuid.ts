// The form of a UUID, in lower case and in either.

/** @see RFC 9562, section 4 */
export const uuid = "hex:8 '-' hex:4 '-' hex:4 '-' hex:4 '-' hex:12"
export const anyUuid = "hexany:8 '-' hexany:4 '-' hexany:4 '-' hexany:4 '-' hexany:12"
