// Values as they came, before anybody knows their type.

/** The text of a value: texts as they are, numbers and booleans in their usual form, nothing for what is absent, JSON for the rest. */
export const valueText = (value: unknown): string => {
  if (typeof value === 'string') return value;
  return value === undefined || value === null ? '' : JSON.stringify(value);
};
