import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import { Failure } from '#jsonnet/failure.js';
import { type JsonnetRequest, JsonnetTool } from '#wasm/jsonnet-tool.js';
import { realArtifact } from '../../wasm/artifacts.js';

/** A value, or why there is none. */
type Answer = { readonly value: unknown } | { readonly error: string };

/** A Jsonnet expression, and what is to give the same value or to fail as well. */
export type Case = readonly [expression: string, compute: () => unknown];

/** go-jsonnet, asked for many expressions at once. */
export class Reference {
  readonly #tool = new JsonnetTool(realArtifact('jsonnet', 1024), 120_000);

  /** Fails with what differs; errors equal errors, whatever they say. */
  async compare(cases: readonly Case[], batch = 256): Promise<void> {
    const expected = await this.#evaluate(
      cases.map(([expression]) => expression),
      batch,
    );
    const differences = cases.flatMap(([expression, compute], index) => {
      const theirs = expected[index] as Answer;
      const ours = answerOf(compute);
      return isEqual(theirs, ours) ? [] : [{ expression, theirs, ours }];
    });
    assert.deepEqual(differences.slice(0, 20), [], `${differences.length} of ${cases.length} differ`);
  }

  /** The values of expressions. One that fails makes all of its batch be asked for in halves. */
  async #evaluate(expressions: readonly string[], batch: number): Promise<readonly Answer[]> {
    const answers: Answer[] = [];
    for (let start = 0; start < expressions.length; start += batch) {
      answers.push(...(await this.#batch(expressions.slice(start, start + batch))));
    }
    return answers;
  }

  /** Fails unless the whole output for an expression is the given text. */
  async compareOutput(expression: string, output: string): Promise<void> {
    assert.deepEqual(await this.#tool.evaluate({ file: 'x', code: expression }), { text: output });
  }

  async close(): Promise<void> {
    await this.#tool.close();
  }

  async #batch(expressions: readonly string[]): Promise<readonly Answer[]> {
    const request: JsonnetRequest = { file: 'x', code: `[${expressions.join(',\n')}]`, maxStack: 20_000 };
    const result = await this.#tool.evaluate(request);
    if ('text' in result) return (JSON.parse(result.text) as unknown[]).map((value) => ({ value }));
    if (expressions.length === 1) return [{ error: result.error.message }];
    const middle = expressions.length >> 1;
    return [...(await this.#batch(expressions.slice(0, middle))), ...(await this.#batch(expressions.slice(middle)))];
  }
}

function answerOf(compute: () => unknown): Answer {
  try {
    return { value: compute() };
  } catch (error) {
    if (error instanceof Failure) return { error: error.message };
    throw error;
  }
}

/** Negative zero is not zero. */
function isEqual(left: Answer, right: Answer): boolean {
  if ('error' in left || 'error' in right) return 'error' in left && 'error' in right;
  return isDeepStrictEqual(left.value, right.value);
}
