import { asJson, type KubernetesObject, keyOf } from '#model/object.js';
import { APPLIED_ANNOTATION } from '#model/ownership.js';
import type { ClusterReader } from '#observe/cluster-reader.js';
import { appliedFields, ownsEvery } from '#plan/managed-fields.js';
import type {
  ApplyRequest,
  ClusterWriter,
  DeleteRequest,
  FinalizerRequest,
  StatusRequest,
} from '#publish/cluster-writer.js';

/** Writes of one pass, and whether the cluster has made something else of any: a webhook of others may, on its way. */
export class AnswerWatch implements ClusterWriter {
  readonly #writer: ClusterWriter;
  readonly #answered: { readonly answer: KubernetesObject; readonly request: ApplyRequest }[] = [];

  constructor(writer: ClusterWriter) {
    this.#writer = writer;
  }

  /** Whether all that was applied is what was asked for, and nobody has touched it since. */
  async isStanding(cluster: ClusterReader): Promise<boolean> {
    for (const { answer, request } of this.#answered) {
      const live = await cluster.get(keyOf(answer));
      if (live?.metadata.resourceVersion !== answer.metadata.resourceVersion || !isAsAsked(answer, request))
        return false;
    }
    return true;
  }

  async apply(request: ApplyRequest): Promise<KubernetesObject> {
    const answer = await this.#writer.apply(request);
    if (request.dryRun !== true) this.#answered.push({ answer, request });
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
