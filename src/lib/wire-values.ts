// Scalars that XML-RPC tells apart and JavaScript does not. In JSON they are what they hold.

/** `<dateTime.iso8601>`; the text as the API writes it: `20260304T05:06:07Z`. */
export class DateTimeValue {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
  toJSON(): string {
    return this.text;
  }
}

/** `<i4>`: the one kind of integer that is not written as a text, in the counts that come with events. */
export class Int4Value {
  readonly value: number;
  constructor(value: number) {
    this.value = value;
  }
  toJSON(): number {
    return this.value;
  }
}
