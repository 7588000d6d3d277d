import { load } from 'js-yaml';
import { fail } from '../failure.js';
import type { Plain } from './plain.js';
export function parseYaml(text: string): Plain {
  try {
    return load(text) as Plain;
  } catch (e) {
    return fail(String(e));
  }
}
