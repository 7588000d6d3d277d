import type { Fault } from '#errors/fault.js';
import { isJsonObject, type Json, type JsonObject } from '#model/json.js';
import { redactChange, redactObject, redactValue, sensitiveTexts } from '#model/redact.js';
import { dumpYaml } from '#model/yaml.js';
import { explanation } from '#report/conditions.js';
import type { ObjectResult } from '../results.js';

/** A result for machines: plain data, with nothing secret in it. */
export function resultData({ object, file, pass, faults }: ObjectResult): JsonObject {
  const sensitive = pass === undefined ? [] : sensitiveTexts(pass.object, pass.entry.rule.sensitive);
  const changes = (pass?.changes?.changes ?? []).map((change) => {
    const shown = redactChange(change, sensitive);
    if (shown.sink === 'git')
      return shown.content === undefined ? shown : { ...shown, content: redactValue(shown.content, sensitive) };
    return shown.object === undefined ? shown : { ...shown, object: redactObject(shown.object, sensitive) };
  });
  // Without a pass and without a fault there is nothing left to pass over: it is gone.
  const outcome =
    pass === undefined
      ? { state: faults.length === 0 ? 'settled' : 'failed' }
      : { state: pass.outcome.state, ...explanation(pass.outcome) };
  return plain({
    object,
    file,
    outcome,
    faults,
    verdicts: pass?.verdicts ?? [],
    changes,
    held: pass?.changes?.held ?? false,
  }) as JsonObject;
}

/** Faults for machines. */
export function faultData(faults: readonly Fault[]): Json {
  return plain(faults);
}

/** Text of `value` in a format for machines. Control characters are escapes in it. */
export function formatData(value: Json, format: 'json' | 'yaml'): string {
  return format === 'json' ? formatJson(value) : dumpYaml(value);
}

/** JSON in which the control characters that JSON allows are escapes too. */
export function formatJson(value: Json): string {
  return JSON.stringify(value, null, 2).replace(
    /[\u007f-\u009f]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** `value` without undefined fields. */
export function plain(value: unknown): Json {
  if (Array.isArray(value)) return value.map(plain);
  if (!isJsonObject(value)) return (value ?? null) as Json;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, item]) => item !== undefined)
      .map(([key, item]) => [key, plain(item)]),
  );
}
