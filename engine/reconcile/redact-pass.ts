import type { Fault } from '#errors/fault.js';
import type { Outcome } from '#model/outcome.js';
import { redactText, sensitiveTexts } from '#model/redact.js';
import type { Pass } from './engine.js';

/** The same pass with nothing in its messages that stands at a sensitive path of its object: they go to status, events and logs. */
export function withoutSecrets(pass: Pass): Pass {
  const sensitive = sensitiveTexts(pass.object, pass.entry.rule.sensitive);
  if (sensitive.length === 0) return pass;
  const show = (text: string): string => redactText(text, sensitive);
  return {
    ...pass,
    outcome: redactedOutcome(pass.outcome, show),
    faults: pass.faults.map((fault) => redactedFault(fault, show)),
    verdicts: pass.verdicts?.map((verdict) => ({
      ...verdict,
      message: show(verdict.message),
      path: show(verdict.path),
    })),
  };
}

function redactedOutcome(outcome: Outcome, show: (text: string) => string): Outcome {
  switch (outcome.state) {
    case 'settled':
      return outcome;
    case 'waiting':
      return { ...outcome, message: show(outcome.message) };
    case 'stalled': {
      const { message, fault } = outcome;
      return { ...outcome, message: show(message), ...(fault && { fault: redactedFault(fault, show) }) };
    }
    case 'failed':
      return { ...outcome, fault: redactedFault(outcome.fault, show) };
  }
}

function redactedFault(fault: Fault, show: (text: string) => string): Fault {
  const { message, location, fragment, remedy } = fault;
  return {
    ...fault,
    message: show(message),
    location: { ...location, ...(location.path === undefined ? {} : { path: show(location.path) }) },
    ...(fragment === undefined ? {} : { fragment: show(fragment) }),
    ...(remedy === undefined ? {} : { remedy: show(remedy) }),
  };
}
