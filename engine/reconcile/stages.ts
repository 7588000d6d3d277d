import { observe as observing } from '#observe/observe.js';
import { readCurrent as readingCurrent } from '#plan/current.js';
import { plan as planning, planDeletion as planningDeletion } from '#plan/plan.js';
import { publish as publishing } from '#publish/publish.js';
import { render as rendering } from '#render/render.js';
import { judgeChange as judgingChange, judgeRequest as judgingRequest } from './judgement.js';
import { reportPass } from './report-pass.js';
import { measured, measuredPure } from './stopwatch.js';

/** The stages of a pass as it goes through them: each measured. */
export const observe = measured('observe', observing);
export const judgeRequest = measured('judge', judgingRequest);
export const render = measured('render', rendering);
export const readCurrent = measured('plan', readingCurrent);
export const plan = measuredPure('plan', planning);
export const planDeletion = measuredPure('plan', planningDeletion);
export const judgeChange = measured('judge', judgingChange);
export const publish = measured('publish', publishing);
export const report = measured('report', reportPass);
