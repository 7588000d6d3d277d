import type { LoadedArtifact } from '#wasm/load-artifact.js';
import { artifactLoader } from '#wasm/load-artifact.js';
import { type ArtifactName, artifactCache } from '#wasm/locate-artifact.js';

/** The real artifact, as a user of a checkout gets it. */
export function realArtifact(name: ArtifactName, mebibytes: number): () => Promise<LoadedArtifact> {
  const { EDICT_WASM } = process.env;
  return artifactLoader(name, mebibytes, {
    ...(EDICT_WASM ? { directory: EDICT_WASM } : {}),
    cache: artifactCache(process.env),
    environment: process.env,
    onProgress: (message) => process.stderr.write(`${message}\n`),
  });
}
