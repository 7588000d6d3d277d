import { ARRAYS } from './arrays.js';
import type { Builtins } from './builtin.js';
import { DATA } from './data.js';
import { NUMBERS } from './numbers.js';
import { OBJECTS } from './objects.js';
import { SETS } from './sets.js';
import { TEXTS } from './texts.js';
import { VALUES } from './values.js';

/** The functions of the standard library. */
export const BUILTINS: Builtins = { ...VALUES, ...NUMBERS, ...TEXTS, ...ARRAYS, ...SETS, ...OBJECTS, ...DATA };
