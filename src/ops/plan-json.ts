// The codec between typed step arguments and the JSON a journal holds. Only data that is JSON by construction goes through it
// (records, specs, sources); that is what makes the two assertions sound.

import type { Json, JsonObject } from '../lib/json.ts';

export const toJson = (value: object): JsonObject => JSON.parse(JSON.stringify(value)) as JsonObject;

export const fromJson = <T>(value: Json | undefined): T => value as T;
