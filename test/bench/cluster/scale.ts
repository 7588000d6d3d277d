import type { Finding, Setting } from '../finding.js';
import { edits } from './edits.js';
import { Populated } from './populated.js';
import { restarts } from './restarts.js';

const [FEW, MANY] = [100, 10_000];

/** What stays quick however much there is: one edit among many idle objects, and a restart of the engine. */
export async function scale(setting: Setting): Promise<readonly Finding[]> {
  setting.say(`scale: ${MANY} performers`);
  const many = await Populated.start(MANY);
  try {
    setting.say(`scale: ${FEW} performers beside them`);
    const few = await Populated.start(FEW);
    const edited = await edits(few, many, setting).finally(() => few.stop());
    setting.say('scale: restarts');
    return [edited, await restarts(many)];
  } finally {
    await many.stop();
  }
}
