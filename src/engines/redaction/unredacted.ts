// What stands where the redactor did not look: one text for everybody who searches a log for it.

/** Stand for a value or a line: the redactor failed at it, or a limit was reached. Safe within a JSON string. */
export const unredacted = {
  dropped: '[unredacted: dropped]',
  deep: '[unredacted: too deep]',
  large: '[unredacted: too large]',
} as const
