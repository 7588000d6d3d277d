import { asJson, type KubernetesObject } from '#model/object.js';
import { APPLIED_ANNOTATION } from '#model/ownership.js';
import { appliedFields, ownsEvery } from '#plan/managed-fields.js';
import type {
  ApplyRequest,
  ClusterWriter,
  DeleteRequest,
  FinalizerRequest,
  StatusRequest,
} from '#publish/cluster-writer.js';

/** Writes of one pass, and whether the cluster made something else of any body on its way: a webhook of others may. */
export class AnswerWatch implements ClusterWriter {
  readonly #writer: ClusterWriter;
  readonly #answered: { readonly answer: KubernetesObject; readonly request: ApplyRequest }[] = [];

  constructor(writer: ClusterWriter) {
    this.#writer = writer;
  }

  get wasAltered(): boolean {
    return this.#answered.some(({ answer, request }) => !isAsAsked(answer, request));
  }

  async apply(request: ApplyRequest): Promise<KubernetesObject> {
    const answer = await this.#writer.apply(request);
    this.#answered.push({ answer, request });
    return answer;
  }

  updateStatus(request: StatusRequest): Promise<KubernetesObject> {
    return this.#writer.updateStatus(request);
  }

  updateFinalizers(request: FinalizerRequest): Promise<KubernetesObject> {
    return this.#writer.updateFinalizers(request);
  }

  delete(request: DeleteRequest): Promise<void> {
    return this.#writer.delete(request);
  }
}

/** Whether the next plan would leave an object alone that is as it was answered. */
function isAsAsked(answer: KubernetesObject, { object, fieldManager }: ApplyRequest): boolean {
  const { uid: _uid, ...metadata } = object.metadata;
  const noted = answer.metadata.annotations?.[APPLIED_ANNOTATION] === metadata.annotations?.[APPLIED_ANNOTATION];
  const applied = appliedFields(answer, fieldManager);
  return noted && applied !== undefined && ownsEvery(applied, asJson({ ...object, metadata }));
}
